/*
 * An Arduino Uno on the table, simulated by simavr: board ELF
 *
 * Orders come on standard input, what happens goes to standard output, both one per line. Time is the board's own and stands still until
 * an order lets it run, so that every test sees the same.
 *
 *   run US         let time run for so many microseconds; answers `done`
 *   say TEXT       type a line at its serial port, as fast as the line allows
 *   pin N 0|1      hold a digital pin low or high
 *   analog N MV    put so many millivolts on an analogue pin
 *   look N         answers `level N 0…255`: how long of its period an output is high, as pulses, or for good
 *   connect        connect the serial port to a pseudo-terminal; answers `terminal PATH`. From now on time runs by itself, no faster than
 *                  the world's, until standard input ends; only `pin` and `analog` are heard
 *
 *   US said TEXT   the board said a line
 *   US pin N 0|1   an output changed
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_adc.h>
#include <simavr/avr_extint.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

enum { MHZ = 16, BYTE_CYCLES = 10 * MHZ * 1000000 / 115200, PINS = 14, SLICE_US = 1000 };

static avr_t *avr;
static char said[512];
static size_t said_length;
static char typed[4096];
static size_t typed_length, typed_sent;
static avr_cycle_count_t next_byte_at;
static int terminal = -1;
static int pins[PINS];
static uint8_t held[2], levels[2]; /* of ports B and D: which pins somebody holds, and how */

static unsigned long long now_us(void) { return avr->cycle / MHZ; }

static char port_of(int pin) { return pin < 8 ? 'D' : 'B'; }
static int bit_of(int pin) { return pin < 8 ? pin : pin - 8; }
static avr_irq_t *irq_of(int pin) { return avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(port_of(pin)), bit_of(pin)); }

/* simavr would wait for the world at each sleep; it is waited for in `live`, where it is wanted. */
static void sleep_at_once(avr_t *board, avr_cycle_count_t cycles) { (void)board, (void)cycles; }

static void log_errors(avr_t *board, const int level, const char *format, va_list arguments) {
  (void)board;
  if (level <= LOG_ERROR) vfprintf(stderr, format, arguments);
}

static void on_byte(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq, (void)param;
  if (terminal >= 0) {
    const char byte = (char)value;
    if (write(terminal, &byte, 1) < 0) return; /* nobody reads: it is lost, as on a wire */
  } else if (value == '\n') {
    printf("%llu said %.*s\n", now_us(), (int)said_length, said);
    said_length = 0;
  } else if (value != '\r' && said_length < sizeof said) {
    said[said_length++] = (char)value;
  }
}

static void on_pin(avr_irq_t *irq, uint32_t value, void *param) {
  const int pin = (int)(long)param;
  avr_ioport_state_t state;
  (void)irq;
  avr_ioctl(avr, AVR_IOCTL_IOPORT_GETSTATE(port_of(pin)), &state);
  if (!(state.ddr >> bit_of(pin) & 1) || pins[pin] == (int)(value & 1)) return;
  pins[pin] = value & 1;
  printf("%llu pin %d %d\n", now_us(), pin, pins[pin]);
}

/* The ATmega328P's outputs that a timer can pulse: bits of TCCRnA that say so, and the register that says how long. */
static const struct { int pin, control, mask, compare; } PULSED[] = {
    {6, 0x44, 0x80, 0x47}, {5, 0x44, 0x20, 0x48}, {11, 0xB0, 0x80, 0xB3}, {3, 0xB0, 0x20, 0xB4}};

static int level_of(int pin) {
  for (size_t i = 0; i < sizeof PULSED / sizeof *PULSED; i++)
    if (PULSED[i].pin == pin && avr->data[PULSED[i].control] & PULSED[i].mask) return avr->data[PULSED[i].compare];
  return avr->data[pin < 8 ? 0x2B : 0x25] >> bit_of(pin) & 1 ? 255 : 0;
}

static void hold(int pin, int level) {
  const int port = port_of(pin) == 'D', bit = 1 << bit_of(pin);
  held[port] |= bit;
  levels[port] = level ? levels[port] | bit : levels[port] & ~bit;
  avr_ioport_external_t external = {.name = port_of(pin), .mask = held[port], .value = levels[port]};
  avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(port_of(pin)), &external);
  avr_raise_irq(irq_of(pin), level);
}

static void run_until(avr_cycle_count_t end) {
  while (avr->cycle < end) {
    if (typed_sent < typed_length && avr->cycle >= next_byte_at) {
      avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), (uint8_t)typed[typed_sent++]);
      next_byte_at = avr->cycle + BYTE_CYCLES;
    }
    const int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) {
      fprintf(stderr, "the processor stopped at %llu us\n", now_us());
      exit(1);
    }
  }
}

static void type(const char *bytes, size_t count) {
  if (typed_sent == typed_length) typed_sent = typed_length = 0;
  if (count > sizeof typed - typed_length) count = sizeof typed - typed_length;
  memcpy(typed + typed_length, bytes, count);
  typed_length += count;
}

static int obeyed(const char *order) {
  int pin, value;
  if (sscanf(order, "pin %d %d", &pin, &value) == 2 && pin >= 0 && pin < PINS) {
    hold(pin, value);
    return 1;
  }
  if (sscanf(order, "analog %d %d", &pin, &value) == 2) {
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0 + pin), value);
    return 1;
  }
  return 0;
}

static double world_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* Time runs on a slice at a time; after each the terminal and standard input are looked at, and the world is waited for. */
static void live(void) {
  char bytes[256];
  struct termios raw;
  int other;
  if (openpty(&terminal, &other, bytes, NULL, NULL) != 0) exit(1);
  tcgetattr(other, &raw);
  cfmakeraw(&raw);
  tcsetattr(other, TCSANOW, &raw);
  fcntl(terminal, F_SETFL, O_NONBLOCK);
  printf("terminal %s\n", bytes);
  const double began_s = world_s();
  const avr_cycle_count_t began = avr->cycle;
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  for (;;) {
    run_until(avr->cycle + SLICE_US * MHZ);
    const ssize_t count = read(terminal, bytes, sizeof bytes);
    if (count > 0) type(bytes, (size_t)count);
    const double ahead_s = (double)(avr->cycle - began) / MHZ / 1e6 - (world_s() - began_s);
    if (poll(&input, 1, ahead_s > 0 ? (int)(ahead_s * 1000) : 0) > 0) {
      if (!fgets(bytes, sizeof bytes, stdin)) return;
      obeyed(bytes);
    }
  }
}

int main(int argc, char **argv) {
  static elf_firmware_t firmware;
  char order[512];
  unsigned long long us;
  int pin;
  uint32_t flags = 0;
  avr_global_logger_set(log_errors);
  if (argc != 2 || elf_read_firmware(argv[1], &firmware) != 0) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  setvbuf(stdin, NULL, _IONBF, 0); /* poll sees what is not read */
  avr = avr_make_mcu_by_name("atmega328p");
  avr_init(avr);
  avr->sleep = sleep_at_once;
  avr->frequency = MHZ * 1000000;
  avr->vcc = avr->avcc = avr->aref = 5000;
  avr_load_firmware(avr, &firmware);
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags); /* neither echoed nor slept on */
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_byte, NULL);
  /* While pins 2 and 3 are low, simavr would look at them in every cycle. */
  for (int line = 0; line < 2; line++) avr_extint_set_strict_lvl_trig(avr, line, 0);
  for (long pin = 2; pin < PINS; pin++) avr_irq_register_notify(irq_of((int)pin), on_pin, (void *)pin);
  while (fgets(order, sizeof order, stdin)) {
    if (sscanf(order, "run %llu", &us) == 1) {
      run_until(avr->cycle + us * MHZ);
      printf("done\n");
    } else if (sscanf(order, "look %d", &pin) == 1 && pin >= 0 && pin < PINS) {
      printf("level %d %d\n", pin, level_of(pin));
    } else if (strncmp(order, "say ", 4) == 0) {
      type(order + 4, strlen(order + 4));
    } else if (strcmp(order, "connect\n") == 0) {
      live();
    } else if (!obeyed(order)) {
      fprintf(stderr, "not understood: %s", order);
      return 2;
    }
  }
  return 0;
}
