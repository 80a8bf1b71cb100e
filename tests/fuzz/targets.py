"""The table of fuzz targets: what reads bytes that somebody else wrote, and how each is tried.

A target is a function of its family's module that takes any bytes, and raises where the code breaks its word. The
module's ``seeds()`` gives bytes to begin with for each of its targets.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A target of module ``family``.

    ``share`` of each thousand inputs, none longer than ``max_bytes``; ``form`` names the row of
    ``mutators.BY_FORM`` that changes them.
    """

    family: str
    share: int
    max_bytes: int
    form: str


TARGETS = {
    "rf217": Target("clicker_framings", 50, 128, "binary"),
    "rf218": Target("clicker_framings", 50, 128, "binary"),
    "rf219": Target("clicker_framings", 40, 128, "binary"),
    "iclicker": Target("clicker_framings", 50, 128, "binary"),
    "visca_stream": Target("visca_framings", 50, 128, "binary"),
    "sony_datagram": Target("visca_framings", 50, 128, "binary"),
    "visca_command_queue": Target("visca_framings", 40, 128, "binary"),
    "udev_message": Target("device_messages", 60, 8192, "binary"),
    "sound_card_process": Target("device_messages", 50, 8192, "binary"),
    "sound_card_list": Target("device_messages", 20, 16384, "text"),
    "jpeg_packet": Target("device_messages", 40, 16384, "binary"),
    "h264_packet": Target("device_messages", 40, 16384, "binary"),
    "press_script": Target("device_messages", 20, 16384, "text"),
    "link_to_recorder": Target("link_messages", 30, 65536, "text"),
    "link_to_controller": Target("link_messages", 30, 65536, "text"),
    "control_request": Target("link_messages", 40, 65536, "text"),
    "status_stream": Target("link_messages", 10, 65536, "text"),
    "journal_file": Target("lesson_files", 40, 65536, "text"),
    "journal_entries": Target("lesson_files", 10, 65536, "text"),
    "mp4_boxes": Target("lesson_files", 70, 65536, "boxes"),
    "mp4_stream": Target("lesson_files", 50, 65536, "boxes"),
    "playlist": Target("lesson_files", 40, 65536, "text"),
    "receipt": Target("lesson_files", 10, 65536, "text"),
    "lesson_notes": Target("lesson_files", 20, 65536, "text"),
    "class_list": Target("school_lists", 20, 65536, "text"),
    "oneroster_files": Target("school_lists", 10, 65536, "text"),
    "oneroster_zip": Target("school_lists", 10, 16384, "binary"),
    "roster_file": Target("school_lists", 10, 65536, "text"),
    "poll_results": Target("school_lists", 6, 65536, "text"),
    "weekly_timetable": Target("school_timetables", 14, 65536, "text"),
    "timetable_calendar": Target("school_timetables", 6, 16384, "text"),
    "store_answer": Target("store_answers", 10, 16384, "text"),
    "config_file": Target("config_files", 4, 65536, "text"),
}
