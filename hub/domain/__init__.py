"""The pure part: no clock, socket, file, SQL or logging. What happened comes in, what follows comes out."""
