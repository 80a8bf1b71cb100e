"""Messages of ``web``."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "help": Message(
        "网页：班牌、控制台、学生作答。不写动作时运行网页进程，平时由 systemd 启动；它停下或重启时，正在录的课\n"
        "不受影响。其余动作管理密码和证书，由 root 执行。",
        "The pages: class board, console, students' answers. Without an action it runs the process that serves them,\n"
        "which systemd does as a rule; when it stops or is started again, the lesson that is being recorded does not\n"
        "notice. The actions are for root: passwords and the certificate.",
    ),
    "examples": Message(
        "例：\n"
        "  sudo classroom-edge web password technician      设技术员的密码\n"
        "  sudo classroom-edge web password 王敏 --role teacher\n"
        "  sudo classroom-edge web code                     第一次使用的启用码\n"
        "  classroom-edge web addresses                     在浏览器里输入什么",
        "Examples:\n"
        "  sudo classroom-edge web password technician      set the technician's password\n"
        "  sudo classroom-edge web password wangmin --role teacher\n"
        "  sudo classroom-edge web code                     the code for the first use\n"
        "  classroom-edge web addresses                     what to type into a browser",
    ),
    "actions": Message("要做什么；不写就运行网页进程", "what to do; without one the web process runs"),
    "password-short": Message("设一个账号的密码", "set an account's password"),
    "password-help": Message(
        "新建一个账号，或给它换密码；它的登录随之失效。密码在终端上输入两遍，或从标准输入读一行。",
        "Make an account, or give it another password; whoever is logged in with it is logged out. The password is\n"
        "typed twice on the terminal, or read as a line from standard input.",
    ),
    "password-name": Message(
        "账号：身份名 teacher、technician、observer，或人名（要加 --role）",
        "the account: a role's name (teacher, technician, observer), or a person's (with --role)",
    ),
    "password-role": Message("这个人的身份", "the person's role"),
    "password-prompt": Message("“{name}”的新密码：", "New password of “{name}”: "),
    "password-again": Message("再输一遍：", "Again: "),
    "password-differs": Message("两遍不一样，没有改", "the two are not the same; nothing was changed"),
    "password-set": Message("“{name}”（{role}）的密码已设", "“{name}” ({role}) has this password now"),
    "no-role": Message(
        "“{name}”是什么身份？请加 --role teacher、technician 或 observer",
        "which role has “{name}”? Add --role teacher, technician or observer",
    ),
    "wrong-name": Message("账号名应为 1 到 64 个看得见的字符", "an account's name has 1 to 64 visible characters"),
    "wrong-password": Message("密码应为 8 到 128 个字符", "a password has 8 to 128 characters"),
    "accounts-short": Message("列出账号", "list the accounts"),
    "accounts-help": Message("列出账号和身份。", "List the accounts and their roles."),
    "accounts-none": Message(
        "还没有账号：只有班牌和学生页面能看", "no account yet: nobody sees more than board and students' page"
    ),
    "remove-short": Message("删除一个账号", "remove an account"),
    "remove-help": Message(
        "删除一个账号；它的登录随之失效。", "Remove an account; whoever is logged in with it is logged out."
    ),
    "removed": Message("账号“{name}”已删除", "the account “{name}” is gone"),
    "no-account": Message("没有账号“{name}”", "there is no account “{name}”"),
    "code-short": Message("第一次使用的启用码", "the code for the first use"),
    "code-help": Message(
        "显示第一次使用的启用码：在网页上用它设技术员的密码。有了密码就没有启用码了。",
        "Show the code with which a page sets the technician's password, while there is no password yet.",
    ),
    "code-shown": Message(
        "网页还没有密码。启用码：{code}", "The pages have no password yet. Code for the first use: {code}"
    ),
    "code-none": Message(
        "没有启用码：已有密码，或网页进程没有运行",
        "there is no code: there are passwords, or the web process does not run",
    ),
    "addresses-short": Message("在浏览器里输入什么", "what to type into a browser"),
    "addresses-help": Message("列出本机网页的地址。", "List the addresses of this box's pages."),
    "addresses-pages": Message("控制台（要登录）：", "Console (with a password):"),
    "addresses-board": Message("班牌：", "Class board:"),
    "certificate-short": Message("网页的证书", "the pages' certificate"),
    "certificate-help": Message(
        "不写动作时显示现在的证书。--request 输出给县里 CA 的证书申请（PEM）；--install 换上 CA 签好的证书\n"
        "（PEM，后面可以跟中间证书），然后重启 classroom-web 生效。私钥不离开本机。",
        "Show the certificate in use. --request prints a request (PEM) for the county's CA; --install takes the\n"
        "certificate that the CA has made of it (PEM, with intermediate ones after it), which is in effect when\n"
        "classroom-web has been started again. The private key never leaves the box.",
    ),
    "certificate-request": Message("输出证书申请", "print a certificate request"),
    "certificate-install": Message("换上 CA 签好的证书", "take the certificate that a CA has made"),
    "certificate-shown": Message(
        "签发给：{names}\n签发者：{issuer}\n有效期到：{until}\nSHA-256：{fingerprint}",
        "For:         {names}\nIssued by:   {issuer}\nValid until: {until}\nSHA-256:     {fingerprint}",
    ),
    "certificate-none": Message(
        "还没有证书：网页进程第一次启动时生成", "no certificate yet: the web process makes one when it first starts"
    ),
    "certificate-installed": Message(
        "证书已换上。重启后生效：sudo systemctl restart classroom-web",
        "The certificate is in place. It is in effect after: sudo systemctl restart classroom-web",
    ),
    "certificate-not-pem": Message("{file} 不是 PEM 格式的证书", "{file} is no certificate in PEM"),
    "certificate-other-key": Message(
        "{file} 不是用本机的申请签的：公钥不符", "{file} was not made of this box's request: it has another key"
    ),
    "certificate-expired": Message("{file} 已过期", "{file} has expired"),
    "certificate-damaged": Message("现在的证书已损坏：{reason}", "the certificate in use is damaged: {reason}"),
    "no-folder": Message("不能使用 {folder}：{reason}", "{folder} cannot be used: {reason}"),
}
