// The serial companion: buttons, lamps, servos, light and noise on an Arduino Uno or Nano, for a model whose Raspberry Pi has no pins left,
// or stands too far from its buttons. It drives no LED strip: while one is timed, everything else would stop. What it says and hears is
// described in README.md, beside this file.

#include <Arduino.h>
#include <avr/sleep.h>

#if !defined(__AVR_ATmega328P__) || F_CPU != 16000000L
#error "This sketch is for an Arduino Uno or Nano: an ATmega328P at 16 MHz."
#endif

// -- what is wired where: change it here, and say the same in the hardware document ------------------------------------------------------

// Each button closes its pin to ground. The first is input 0.
const uint8_t BUTTON_PINS[] = {2, 4, 7, 8};
// Each lamp's pin switches a transistor. Pins 3, 5, 6 and 11 can dim it; all others are on from half of the level.
const uint8_t LAMP_PINS[] = {3, 5, 6, 11};
const uint8_t SERVO_PINS[] = {9, 10, 12};
// A photoresistor with its resistor, and a microphone module with an analogue output: 0 to 5 V. NONE where there is none.
const uint8_t NONE = 255;
const uint8_t LIGHT_PIN = A0;
const uint8_t NOISE_PIN = A1;

// -- times and limits --------------------------------------------------------------------------------------------------------------------

const unsigned long QUIET_MS = 30;      // a contact that moves again within this time chatters
const unsigned long READINGS_MS = 1000; // between two readings of light and noise
const unsigned long SWING_MS = 50;      // the signal swings fully within this time, down to 20 Hz
const unsigned long SILENCE_MS = 10000; // when nobody has spoken for so long, lamps go out
const long SHORTEST_US = 500, LONGEST_US = 2500; // no pulse is ever shorter or longer
const long LARGEST = 100000;            // no number is larger

#define COUNT(list) (sizeof(list) / sizeof(list[0]))
const uint8_t BUTTONS = COUNT(BUTTON_PINS), LAMPS = COUNT(LAMP_PINS), SERVOS = COUNT(SERVO_PINS);
static_assert(SERVOS <= 7, "Seven pulses of 2.5 ms are all that a period of 20 ms has room for.");

struct Button {
  bool down;
  unsigned long movedAt;
};

struct Motion {
  bool known;        // where it stands
  long now, target;  // nanoseconds of its pulse: what is slow moves by less than a microsecond each time
  long step;         // nanoseconds that it may move in one period
};

Button buttons[BUTTONS];
Motion motions[SERVOS];

// -- pulses: timer 1 counts half microseconds; within 20 ms, one servo after another has its pulse -----------------------------------------

const unsigned int PERIOD = 40000;
volatile unsigned int pulses[SERVOS]; // half microseconds; 0: none
volatile uint8_t turn = SERVOS;       // whose pulse it is; SERVOS: the rest of the period
volatile unsigned int used;           // of this period
volatile bool periodBegan = false;

ISR(TIMER1_COMPA_vect) {
  if (turn < SERVOS) digitalWrite(SERVO_PINS[turn], LOW);
  do {
    if (++turn > SERVOS) {
      turn = 0;
      used = 0;
      periodBegan = true;
    }
  } while (turn < SERVOS && pulses[turn] == 0);
  unsigned int wait = PERIOD - used;
  if (turn < SERVOS) {
    wait = pulses[turn];
    used += wait;
    digitalWrite(SERVO_PINS[turn], HIGH);
  }
  OCR1A = TCNT1 + wait;
}

void startPulses() {
  TCCR1A = 0;
  TCCR1B = _BV(CS11); // a count is 8 cycles
  OCR1A = TCNT1 + PERIOD;
  TIMSK1 = _BV(OCIE1A);
}

void setPulse(uint8_t servo, long ns) {
  noInterrupts(); // it has two bytes
  pulses[servo] = ns / 500;
  interrupts();
}

// Move on once in a period, never more: between two pulses there is one step at most, however busy the loop was.
void moveServos() {
  if (!periodBegan) return;
  periodBegan = false;
  for (uint8_t i = 0; i < SERVOS; i++) {
    Motion &motion = motions[i];
    if (!motion.known || motion.now == motion.target) continue;
    motion.now += constrain(motion.target - motion.now, -motion.step, motion.step);
    setPulse(i, motion.now);
  }
}

// -- lamps -------------------------------------------------------------------------------------------------------------------------------

void light(uint8_t lamp, uint8_t level) {
  const uint8_t pin = LAMP_PINS[lamp], timer = digitalPinToTimer(pin);
  const bool switched = timer == NOT_ON_TIMER || timer == TIMER1A || timer == TIMER1B; // timer 1 is busy with servos
  if (switched) digitalWrite(pin, level >= 128);
  else analogWrite(pin, ((unsigned int)level * level + 254) / 255); // an eye counts lightness, not light
}

void lightNone() {
  for (uint8_t i = 0; i < LAMPS; i++) light(i, 0);
}

// -- buttons -----------------------------------------------------------------------------------------------------------------------------

void sayButton(uint8_t button) {
  Serial.print(F("{\"button\":"));
  Serial.print(button);
  Serial.print(F(",\"down\":"));
  Serial.print(buttons[button].down ? F("true") : F("false"));
  Serial.println('}');
}

bool isDown(uint8_t button) { return digitalRead(BUTTON_PINS[button]) == LOW; }

void watchButtons() {
  const unsigned long now = millis();
  for (uint8_t i = 0; i < BUTTONS; i++) {
    if (isDown(i) == buttons[i].down || now - buttons[i].movedAt < QUIET_MS) continue;
    buttons[i].down = !buttons[i].down; // the first edge counts at once; what follows it has to wait
    buttons[i].movedAt = now;
    sayButton(i);
  }
}

void sayHello() {
  Serial.print(F("{\"hello\":\"maquette companion\",\"protocol\":1,\"buttons\":"));
  Serial.print(BUTTONS);
  Serial.print(F(",\"lamps\":"));
  Serial.print(LAMPS);
  Serial.print(F(",\"servos\":"));
  Serial.print(SERVOS);
  Serial.print(F(",\"down\":["));
  bool several = false;
  for (uint8_t i = 0; i < BUTTONS; i++) {
    if (!buttons[i].down) continue;
    if (several) Serial.print(',');
    Serial.print(i);
    several = true;
  }
  Serial.println(F("]}"));
}

// -- light and noise ---------------------------------------------------------------------------------------------------------------------

unsigned long readAt = 0, swingAt = 0;
int lowest = 1023, highest = 0; // of the microphone's signal, in this swing
unsigned long swings = 0;       // the sum of their widths
unsigned int counted = 0;

void sayShare(const __FlashStringHelper *name, float share) {
  Serial.print('"');
  Serial.print(name);
  Serial.print(F("\":"));
  Serial.print(share, 3);
}

void sayReadings() {
  const bool hears = NOISE_PIN != NONE && counted > 0;
  if (LIGHT_PIN == NONE && !hears) return;
  Serial.print('{');
  if (LIGHT_PIN != NONE) {
    analogRead(LIGHT_PIN); // the first one after a change of pins still holds some of the other's charge
    sayShare(F("light"), analogRead(LIGHT_PIN) / 1023.0);
    if (NOISE_PIN != NONE) analogRead(NOISE_PIN);
  }
  if (LIGHT_PIN != NONE && hears) Serial.print(',');
  if (hears) sayShare(F("noise"), swings / (1023.0 * counted));
  Serial.println('}');
  swings = counted = 0;
}

void sense() {
  const unsigned long now = millis();
  if (NOISE_PIN != NONE) {
    const int signal = analogRead(NOISE_PIN);
    lowest = min(lowest, signal);
    highest = max(highest, signal);
    if (now - swingAt >= SWING_MS) {
      swingAt = now;
      swings += highest - lowest;
      counted++;
      lowest = 1023;
      highest = 0;
    }
  }
  if (now - readAt >= READINGS_MS) {
    readAt = now;
    sayReadings();
  }
}

// -- what is heard -----------------------------------------------------------------------------------------------------------------------

unsigned long heardAt = 0;
char line[24];
uint8_t length = 0;
bool spoilt = false; // this line is too long, or holds what is no text

// Read a space and a whole number; false where they are not.
bool readNumber(const char *&text, long &value) {
  if (*text++ != ' ') return false;
  if (*text < '0' || *text > '9') return false;
  for (value = 0; *text >= '0' && *text <= '9'; text++) {
    value = value * 10 + (*text - '0');
    if (value > LARGEST) return false;
  }
  return true;
}

void turnServo(uint8_t servo, long us, long usPerSecond) {
  Motion &motion = motions[servo];
  motion.target = us * 1000;
  motion.step = usPerSecond * 20;
  if (!motion.known) { // nobody knows where it stands: the first pulse is what was asked for
    motion.known = true;
    motion.now = motion.target;
  }
  setPulse(servo, motion.now);
}

bool obey(const char *text) {
  long index, first, second;
  const char what = *text++;
  if (*text == 0) {
    if (what == '?') sayHello();
    return what == '?' || what == 'K';
  }
  if (!readNumber(text, index)) return false;
  if (what == 'R' && *text == 0 && index < SERVOS) {
    motions[index].target = motions[index].now;
    setPulse(index, 0);
    return true;
  }
  if (!readNumber(text, first)) return false;
  if (what == 'L' && *text == 0 && index < LAMPS && first <= 255) {
    light(index, first);
    return true;
  }
  if (what != 'S' || index >= SERVOS || !readNumber(text, second) || *text != 0) return false;
  if (first < SHORTEST_US || first > LONGEST_US || second == 0) return false;
  turnServo(index, first, second);
  return true;
}

void listen() {
  while (Serial.available()) {
    const char next = Serial.read();
    if (next == '\r') continue;
    if (next != '\n') {
      if (next < ' ' || length == sizeof(line) - 1) spoilt = true; // bytes above 127 are below 0 here
      else line[length++] = next;
      continue;
    }
    line[length] = 0;
    if (spoilt || (length > 0 && !obey(line))) Serial.println(F("{\"error\":\"not understood\"}"));
    else if (length > 0) heardAt = millis();
    length = 0;
    spoilt = false;
  }
  if (millis() - heardAt >= SILENCE_MS) {
    heardAt = millis();
    lightNone();
  }
}

// -- what goes on ------------------------------------------------------------------------------------------------------------------------

void setup() {
  Serial.begin(115200);
  for (uint8_t pin : BUTTON_PINS) pinMode(pin, INPUT_PULLUP);
  for (uint8_t pin : LAMP_PINS) pinMode(pin, OUTPUT);
  for (uint8_t pin : SERVO_PINS) pinMode(pin, OUTPUT);
  startPulses();
  delay(5); // long cables take a moment to be pulled up
  for (uint8_t i = 0; i < BUTTONS; i++) buttons[i].down = isDown(i); // held down since before is no press
  sayHello();
}

void loop() {
  listen();
  watchButtons();
  moveServos();
  sense();
  sleep_mode(); // until the next interrupt: the clock's comes every millisecond
}
