"""A lesson's files on the disk: names, durable writes, MP4 boxes, checksums, free space."""
