"""Camera drivers: V4L2, any stream that FFmpeg opens, and simulated."""
