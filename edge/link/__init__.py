"""The processes' sockets: messages as JSON lines, servers and clients."""
