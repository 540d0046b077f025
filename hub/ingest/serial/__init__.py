"""Devices on serial lines and RS-485: the hub's own framed protocol (docs/serial.md), and Modbus RTU."""
