"""The files of a lesson on disk: their names, durable writes, MP4 boxes, checksums and free space."""
