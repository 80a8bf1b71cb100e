"""What happens to samples: time, pictures, sound, encoding, segments, programme, upload."""
