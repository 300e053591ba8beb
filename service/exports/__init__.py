"""What is kept of a contact as a file: redacted text, times and confidences, never a recording.

stores → material → document → txt, json, vcon
                  → asr.formats → srt, vtt, ctm, rttm
"""

from service.exports.formats import FORMATS, Exported, Format, export, offered
from service.exports.many import Bulk, export_many, open_sink

__all__ = ["FORMATS", "Bulk", "Exported", "Format", "export", "export_many", "offered", "open_sink"]
