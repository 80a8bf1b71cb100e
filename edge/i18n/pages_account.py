"""Messages of the pages of one's own account and of all accounts."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("我的账号", "My account"),
    "logged-in": Message("您以“{name}”登录，身份：{role}。", "You are logged in as “{name}”, a {role}."),
    "present": Message("现在的密码", "Present password"),
    "password": Message("新密码", "New password"),
    "hint-length": Message("8 到 128 个字符。", "8 to 128 characters."),
    "hint": Message("改了以后，各处都要重新登录。", "You log in again afterwards, everywhere."),
    "change": Message("修改密码", "Change password"),
    "accounts": Message("账号", "Accounts"),
    "account": Message("账号", "Account"),
    "role": Message("身份", "Role"),
    "remove": Message("删除", "Remove"),
    "remove-label": Message("删除账号“{name}”", "Remove the account “{name}”"),
    "set": Message("新建账号，或给已有的账号换密码", "A new account, or another password for one that is there"),
    "name": Message("名字", "Name"),
    "name-hint": Message(
        "教师的账号用课程表里的名字，本人的课才能自己删除。",
        "A teacher's account has the name that the timetable has: lessons are deleted only by who gave them.",
    ),
    "save": Message("保存", "Save"),
    "problem-wrong": Message("现在的密码不对", "The present password is wrong"),
    "problem-unusable": Message("新密码应为 8 到 128 个字符", "The new password must have 8 to 128 characters"),
    "problem-name": Message("名字应为 1 到 64 个看得见的字符", "The name must have 1 to 64 visible characters"),
    "problem-own": Message("不能删除自己的账号", "Your own account cannot be removed"),
    "problem-own-role": Message("不能更改自己的身份", "Your own role cannot be changed"),
    "problem-role": Message("请选择身份", "Choose a role"),
    "problem-busy": Message("试得太频繁了：请等半分钟再试", "Too many tries: wait half a minute, then try again"),
}
