"""Names of what the calibration finds, of all its parts together."""

from __future__ import annotations

from edge.i18n import (
    Message,
    calibration_findings_measuring,
    calibration_findings_roles,
    calibration_findings_services,
    calibration_findings_walk,
)

MESSAGES: dict[str, Message] = {
    **calibration_findings_walk.MESSAGES,
    **calibration_findings_measuring.MESSAGES,
    **calibration_findings_services.MESSAGES,
    **calibration_findings_roles.MESSAGES,
}
