"""Messages of the page of one's own account."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("我的账号", "My account"),
    "logged-in": Message("您以“{name}”登录，身份：{role}。", "You are logged in as “{name}”, a {role}."),
    "present": Message("现在的密码", "Present password"),
    "password": Message("新密码", "New password"),
    "hint": Message(
        "8 到 128 个字符。改了以后，各处都要重新登录。", "8 to 128 characters. You log in again afterwards, everywhere."
    ),
    "change": Message("修改密码", "Change password"),
    "problem-wrong": Message("现在的密码不对", "The present password is wrong"),
    "problem-unusable": Message("新密码应为 8 到 128 个字符", "The new password must have 8 to 128 characters"),
    "problem-busy": Message("登录的人太多，请稍等再试", "Too many are logging in: wait a moment, then try again"),
}
