"""Messages of the login page."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("登录", "Log in"),
    "name": Message("账号", "Name"),
    "password": Message("密码", "Password"),
    "log-in": Message("登录", "Log in"),
    "problem-wrong": Message("账号或密码不对", "Wrong name or password"),
    "problem-busy": Message("登录的人太多，请稍等再试", "Too many are logging in: wait a moment, then try again"),
}
