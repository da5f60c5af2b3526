// SPDX-License-Identifier: GPL-2.0
/*
 * An SPI bus with nobody at its end: what is sent is written down.
 *
 * The bus is number 0 and carries one spidev, so user space finds /dev/spidev0.0. A transfer lasts as long as its bits
 * would on the wire. Reading /dev/spi_sink takes the oldest transfer that was not read yet, as a struct transfer_head
 * in the machine's own byte order followed by its bytes; a read finds nothing (returns 0) when all was read, and fails
 * with EMSGSIZE when the buffer holds less than the transfer. What is not read in time is dropped, the newest first,
 * and counted in /sys/module/spi_sink/parameters/dropped.
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/uaccess.h>

#define KEPT_BYTES (16u << 20)
#define HIGHEST_HZ 125000000u

struct transfer_head {
	u64 began_ns;		/* CLOCK_MONOTONIC */
	u32 speed_hz;
	u32 length;
} __packed;

struct transfer {
	struct list_head list;
	struct transfer_head head;
	u8 bytes[];
};

static LIST_HEAD(transfers);
static DEFINE_MUTEX(transfers_lock);
static size_t kept;
static ulong dropped;
module_param(dropped, ulong, 0444);
MODULE_PARM_DESC(dropped, "transfers that nobody read in time");

static struct platform_device *board;
static struct spi_controller *bus;

static void write_down(const struct spi_transfer *sent)
{
	size_t size = struct_size_t(struct transfer, bytes, sent->len);
	struct transfer *transfer = NULL;

	mutex_lock(&transfers_lock);
	if (kept + size <= KEPT_BYTES)
		transfer = kvmalloc(size, GFP_KERNEL);
	if (transfer) {
		transfer->head.began_ns = ktime_get_ns();
		transfer->head.speed_hz = sent->speed_hz;
		transfer->head.length = sent->len;
		memcpy(transfer->bytes, sent->tx_buf, sent->len);
		list_add_tail(&transfer->list, &transfers);
		kept += size;
	} else {
		dropped++;
	}
	mutex_unlock(&transfers_lock);
}

static int send(struct spi_controller *controller, struct spi_device *device, struct spi_transfer *transfer)
{
	if (transfer->tx_buf)
		write_down(transfer);
	if (transfer->rx_buf)	/* nothing answers */
		memset(transfer->rx_buf, 0, transfer->len);
	if (transfer->speed_hz)
		fsleep(div_u64((u64)transfer->len * 8 * USEC_PER_SEC, transfer->speed_hz));
	return 0;
}

static ssize_t read_one(struct file *file, char __user *to, size_t size, loff_t *offset)
{
	struct transfer *transfer;
	ssize_t result = 0;

	mutex_lock(&transfers_lock);
	transfer = list_first_entry_or_null(&transfers, struct transfer, list);
	if (transfer) {
		size_t length = transfer->head.length;

		if (size < sizeof(transfer->head) + length)
			result = -EMSGSIZE;
		else if (copy_to_user(to, &transfer->head, sizeof(transfer->head)) ||
			 copy_to_user(to + sizeof(transfer->head), transfer->bytes, length))
			result = -EFAULT;
		else
			result = sizeof(transfer->head) + length;
	}
	if (result > 0) {
		list_del(&transfer->list);
		kept -= struct_size_t(struct transfer, bytes, transfer->head.length);
		kvfree(transfer);
	}
	mutex_unlock(&transfers_lock);
	return result;
}

static const struct file_operations sink_operations = { .owner = THIS_MODULE, .read = read_one };
static struct miscdevice sink = { .minor = MISC_DYNAMIC_MINOR, .name = "spi_sink", .fops = &sink_operations };

static int __init spi_sink_init(void)
{
	/* One of the names that spidev answers to; "spidev" itself is refused, as it names no real chip. */
	struct spi_board_info wired = { .modalias = "dh2228fv", .max_speed_hz = HIGHEST_HZ };
	int error;

	board = platform_device_register_simple("spi_sink", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(board))
		return PTR_ERR(board);
	bus = spi_alloc_host(&board->dev, 0);
	if (!bus) {
		error = -ENOMEM;
		goto no_bus;
	}
	bus->bus_num = 0;
	bus->num_chipselect = 1;
	bus->mode_bits = SPI_CPOL | SPI_CPHA | SPI_CS_HIGH | SPI_LSB_FIRST | SPI_NO_CS;
	bus->bits_per_word_mask = SPI_BPW_MASK(8);
	bus->max_speed_hz = HIGHEST_HZ;
	bus->transfer_one = send;
	error = spi_register_controller(bus);
	if (error) {
		spi_controller_put(bus);
		goto no_bus;
	}
	error = spi_new_device(bus, &wired) ? misc_register(&sink) : -ENODEV;
	if (!error)
		return 0;
	spi_unregister_controller(bus);
no_bus:
	platform_device_unregister(board);
	return error;
}

static void __exit spi_sink_exit(void)
{
	struct transfer *transfer, *next;

	misc_deregister(&sink);
	spi_unregister_controller(bus);
	platform_device_unregister(board);
	list_for_each_entry_safe(transfer, next, &transfers, list)
		kvfree(transfer);
}

module_init(spi_sink_init);
module_exit(spi_sink_exit);
MODULE_DESCRIPTION("An SPI bus that writes down what it is sent");
MODULE_LICENSE("GPL");
