"""What the calibration advises, of all its parts together."""

from __future__ import annotations

from edge.i18n import (
    Message,
    calibration_advice_measuring,
    calibration_advice_roles,
    calibration_advice_services,
    calibration_advice_walk,
)

MESSAGES: dict[str, Message] = {
    **calibration_advice_walk.MESSAGES,
    **calibration_advice_measuring.MESSAGES,
    **calibration_advice_services.MESSAGES,
    **calibration_advice_roles.MESSAGES,
}
