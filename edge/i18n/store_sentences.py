"""Chinese for what stores say, by pattern; see foreign_sentences.py."""

from __future__ import annotations

SENTENCES = {
    "every place for {lesson} in the store belongs to others": "存储里 {lesson} 的每个位置都是别人的",
    "{name}: {key} is not what was put there": "{name}：{key} 的内容和放进去的不一样",
    "{path} is not what was put there": "{path} 的内容和放进去的不一样",
    "{name}: its listing cannot be read ({error})": "{name}：读不懂它列出的内容（{error}）",
    "what lies at {path} in the store is not what was sent": "存储里 {path} 的内容和发送的不一样",
    "the path of a folder follows file://, such as file:///srv/lessons": (
        "file:// 后面是文件夹的路径，如 file:///srv/lessons"
    ),
    "the store does not carry the mark of the one that lessons were copied to": (
        "这个存储没有以前上传过的那个存储的标记"
    ),
    "the store does not show the mark that was just written into it": "刚写入的标记在存储里看不到",
    "the store does not show {key} yet": "存储里还看不到 {key}",
    "the store is not marked as this room's, so its disk may be missing; if it is the right one, mark it:"
    " classroom-edge check --store --mark": (
        "存储没有这间教室的标记，可能是它的硬盘没有插上；如果没有弄错，请做上标记：classroom-edge check --store --mark"
    ),
    "the store {folder} has no room left ({error}): make room or choose another": (
        "存储 {folder} 没有空间了（{error}）：请腾出空间或换一个"
    ),
    "the store had a disk of its own, and now lies on the lessons' disk: is its disk mounted?": (
        "存储原来在自己的硬盘上，现在却在录像所在的硬盘上：它的硬盘挂载了吗？"
    ),
    "the store {folder} is no folder": "存储 {folder} 不是文件夹",
    "the store {folder} is not there ({error}): is its disk there?": (
        "存储 {folder} 不在（{error}）：它的硬盘插上了吗？"
    ),
    "the store {folder} fails ({error}): look at its disk": "存储 {folder} 出错（{error}）：请看它的硬盘",
    "the store {folder} is on another disk now: was its disk pulled out?": (
        "存储 {folder} 现在在另一个硬盘上：原来的硬盘是不是拔掉了？"
    ),
    "{name} did not answer within {seconds} s": "{name} 在 {seconds} 秒内没有应答",
    "{name} does not answer; check the network and the address ({error})": (
        "{name} 没有应答；请检查网络和地址（{error}）"
    ),
    "{name} needs an access key and its secret": "{name} 要填 access_key 和 secret_key",
    "{name}: its certificate is not trusted ({error})": "{name}：证书不受信任（{error}）",
    "{name}: no secure connection ({error})": "{name}：建立不了安全连接（{error}）",
    "{name}: this box's clock and the store's are {seconds} s apart; check that it reaches a time server": (
        "{name}：本机的时间和存储的相差 {seconds} 秒；请检查能否连上时间服务器"
    ),
    "{name}: this box's clock is wrong; check that it reaches a time server": (
        "{name}：本机的时间不对；请检查能否连上时间服务器"
    ),
    "{name}: what is sent there does not come back; is it an S3 store?": "{name}：存进去的读不回来；它是 S3 存储吗？",
    "{name}: {key} read back differs from what was sent; check the store and the network": (
        "{name}：{key} 读回来和传上去的不一样；请检查存储和网络"
    ),
    "{folder}/{key} cannot be read: {error}": "{folder}/{key} 读不出来：{error}",
    "{file} read back differs from what was written: check the disk {folder}": (
        "{file} 读回来和写进去的不一样：请检查硬盘 {folder}"
    ),
    # what servers answer, with the code of the error and the object that it is about
    "{name}: the store cannot take it now ({code})": "{name}：存储现在接收不了（{code}）",
    "{name}: the store reports an error of its own; look at the server ({code})": (
        "{name}：存储自己出了错，请看服务器（{code}）"
    ),
    "{name}: the store refuses us; check access key, secret and the key's rights ({code})": (
        "{name}：存储拒绝访问，请检查 access_key、secret_key 和它的权限（{code}）"
    ),
    "{name}: no such bucket there; check bucket, region and endpoint ({code})": (
        "{name}：没有这个桶，请检查桶名、region 和 endpoint（{code}）"
    ),
    "{name}: the server does not understand this request; is it an S3 store? ({code})": (
        "{name}：服务器看不懂请求，它是 S3 存储吗？（{code}）"
    ),
    "{name}: the store has no room left; make room or raise the quota ({code})": (
        "{name}：存储没有空间了，请腾出空间或提高配额（{code}）"
    ),
    "{name}: the bytes changed on their way; check the network ({code})": (
        "{name}：内容在路上变了，请检查网络（{code}）"
    ),
    "{name}: this box's clock is wrong; check that it reaches a time server ({code})": (
        "{name}：本机的时间不对，请检查能否连上时间服务器（{code}）"
    ),
}
