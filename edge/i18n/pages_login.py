"""Messages of the login page, and of the page on which the first password is set."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("登录", "Log in"),
    "name": Message("账号", "Name"),
    "password": Message("密码", "Password"),
    "log-in": Message("登录", "Log in"),
    "problem-wrong": Message("账号或密码不对", "Wrong name or password"),
    "problem-busy": Message("试得太频繁了：请等半分钟再试", "Too many tries: wait half a minute, then try again"),
    "first-use": Message("第一次使用：设技术员密码", "First use: the technician's password"),
    "first-use-why": Message(
        "这台盒子还没有密码，除了班牌和学生页面什么也不提供。请输入盒子显示的启用码：",
        "This box has no password yet, and serves nothing but the class board and the students' page. Enter the code"
        " that it shows:",
    ),
    "first-use-console": Message("在盒子自己的屏幕上，或系统日志里；", "on its own screen, or in its journal;"),
    "first-use-command": Message("或在盒子上执行", "or run on the box"),
    "code": Message("启用码（8 位数字）", "Code (8 digits)"),
    "new-password": Message("技术员（technician）的新密码", "New password of “technician”"),
    "set-password": Message("设密码并登录", "Set it and log in"),
    "problem-code": Message(
        "启用码不对。错五次就换一个新的，请再看一眼盒子的屏幕",
        "Wrong code. After five wrong ones there is a new one: look at the box's screen again",
    ),
    "problem-unusable": Message("密码应为 8 到 128 个字符", "The password must have 8 to 128 characters"),
}
