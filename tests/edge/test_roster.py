"""Class lists as schools have them, and what becomes of clickers when one is imported again."""

from __future__ import annotations

import asyncio
import os
import zipfile
from pathlib import Path

import pytest

from edge.classroom.roster import NotInRoster, Roster, SchoolClass, Student
from edge.school.class_list_reader import read_classes
from edge.school.import_problems import InvalidClassList
from edge.school.roster_store import RosterStore

TABLE = [
    ["三年级名单", "", "", "", "", ""],
    ["学 号", "姓名", "班级", "座号", "小组", "答题器编号"],
    ["20230101", "张伟", "三年级一班", "1", "第一组", "01"],
    ["20230102", "欧阳娜娜", "三年级一班", "2", "第二组", ""],
    ["20230201", "𠮷田, 小明", "三年级二班", "1", "", "1"],
]


def table(delimiter: str) -> str:
    return "".join(delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) + "\r\n" for row in TABLE)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "before"),
    [("utf-8-sig", ",", ""), ("gb18030", ",", ""), ("utf-8", ";", "sep=;\r\n"), ("utf-16", "\t", "")],
)
def test_a_table_as_excel_writes_it(tmp_path: Path, encoding: str, delimiter: str, before: str) -> None:
    file = tmp_path / "名单.csv"
    file.write_bytes((before + table(delimiter)).encode(encoding))
    first, second = read_classes(file)
    assert (first.name, second.name) == ("三年级一班", "三年级二班")
    assert first.students == (
        Student(number="20230101", name="张伟", seat="1", group="第一组", device="1"),
        Student(number="20230102", name="欧阳娜娜", seat="2", group="第二组"),
    )
    assert second.students[0].name == "𠮷田, 小明"
    assert second.students[0].device == "1", "classes share the clickers"


def test_a_table_without_a_class_is_named_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "初一3班.csv"
    file.write_text("姓名,学号\n李雷,7\n")
    assert read_classes(file) == [SchoolClass(name="初一3班", students=(Student(number="7", name="李雷"),))]
    assert read_classes(file, "七年级")[0].name == "七年级"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("学号,姓名\n1,甲\n,乙\n", "t.csv, line 3, column “学号”: it must not be empty"),
        ("学号,姓名\n1,甲\n\n1,乙\n", "t.csv, line 4, column “学号”: “1” is in line 2 already"),
        ("学号,姓名,反馈器\n1,甲,5\n2,乙,05\n", "t.csv, line 3, column “反馈器”: “5” is in line 2 already"),
        ("学号,姓名\n2.02E+09,甲\n", "line 2, column “学号”: “2.02E+09” was shortened by Excel"),
        ("学号,姓名,学号\n", "t.csv, line 1, column “学号”: this column is there twice"),
        ("名单\n甲\n", "t.csv: no header"),
        ("学号,姓名\n", "t.csv: not one student"),
        ('学号,姓名\n1,"甲\n', "t.csv: no table"),
        (f"学号,姓名\n1,{'甲' * 65}\n", "too long: 64 characters at most"),
        (
            "学号,姓名\n1,甲\n,\n,乙\n2,\n",
            "line 4, column “学号”: it must not be empty\nt.csv, line 5, column “姓名”",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(tmp_path: Path, body: str, told: str) -> None:
    (tmp_path / "t.csv").write_text(body)
    with pytest.raises(InvalidClassList) as wrong:
        read_classes(tmp_path / "t.csv")
    assert told in wrong.value.report("en")
    assert wrong.value.report("zh-CN")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00\xd8\x00\xd8")
    with pytest.raises(InvalidClassList, match="1 mistakes"):
        read_classes(tmp_path / "t.csv")


ONEROSTER = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"
    "file.users,bulk\nfile.classes,bulk\nfile.enrollments,bulk\nfile.roles,bulk\nfile.courses,absent\n",
    "users.csv": "sourcedId,status,dateLastModified,enabledUser,username,userIds,"
    "givenName,familyName,middleName,identifier\n"
    "u1,,,true,zhangwei,,伟,张,,20230101\nu2,,,true,ann,,Ann,Lee,,\nu3,,,true,teacher,,老,师,,\n"
    "u4,,,false,gone,,走,了,,20230104\n",
    "roles.csv": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
    "r1,,,u1,primary,student,,,o1\nr2,,,u2,primary,student,,,o1\nr3,,,u3,primary,teacher,,,o1\n",
    "classes.csv": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,"
    "location,schoolSourcedId,termSourcedIds\n"
    "c1,,,数学,3,k1,3-1,scheduled,,o1,t1\nc2,,,数学,3,k1,3-2,scheduled,,o1,t1\n",
    "enrollments.csv": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,"
    "userSourcedId,role,primary\n"
    "e1,,,c1,o1,u2,student,false\ne2,,,c1,o1,u1,student,false\ne3,,,c1,o1,u3,teacher,true\n"
    "e4,,,c2,o1,u1,student,false\ne5,,,c2,o1,u4,student,false\n",
}


def bundle(folder: Path, **changed: str) -> Path:
    path = folder / "set.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, body in ONEROSTER.items():
            if said := changed.get(name.removesuffix(".csv"), body):
                file.writestr(name, said)
    return path


def test_oneroster_as_a_zip_and_as_a_folder(tmp_path: Path) -> None:
    path = bundle(tmp_path)
    found = read_classes(path)
    assert [(one.name, [(each.number, each.name) for each in one.students]) for one in found] == [
        ("数学 3-1", [("20230101", "张伟"), ("u2", "Ann Lee")]),
        ("数学 3-2", [("20230101", "张伟")]),
    ]
    with zipfile.ZipFile(path) as file:
        file.extractall(tmp_path / "folder")
    assert read_classes(tmp_path / "folder") == found
    assert read_classes(path, "数学 3-2") == found[1:]
    with pytest.raises(InvalidClassList) as wrong:
        read_classes(path, "语文")
    assert "there are: 数学 3-1, 数学 3-2" in wrong.value.report("en")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"manifest": ONEROSTER["manifest.csv"].replace("1.2", "1.1")},
            "manifest.csv: it is OneRoster 1.1, not 1.2",
        ),
        (
            {"manifest": ONEROSTER["manifest.csv"].replace("users,bulk", "users,delta")},
            "manifest.csv, line 4, column “value”: “delta”: all data are needed (bulk)",
        ),
        ({"users": ""}, "users.csv: this file is not there"),
        (
            {"enrollments": ONEROSTER["enrollments.csv"].replace("o1,u2", "o1,u9")},
            "enrollments.csv, line 2, column “userSourcedId”: “u9” is not in users.csv",
        ),
        (
            {"roles": ONEROSTER["roles.csv"] + "r9,,,u9,primary,student,,,o1\n"},
            "roles.csv, line 5, column “userSourcedId”: “u9” is not in users.csv",
        ),
        (
            {"users": ONEROSTER["users.csv"].replace("u2,", "u1,", 1)},
            "users.csv, line 3, column “sourcedId”: “u1” is in line 2 already",
        ),
        (
            {"users": ONEROSTER["users.csv"].replace("Ann,Lee,,", "Ann,Lee,,20230101")},
            "users.csv, line 2, column “identifier”: “20230101” is in line 3 already",
        ),
        ({"classes": "sourcedId,name\n"}, "classes.csv, line 1, column “title”: this column is not there"),
        ({"enrollments": ONEROSTER["enrollments.csv"].replace(",student,", ",aide,")}, "no class has a student"),
    ],
)
def test_a_mistake_in_oneroster(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    with pytest.raises(InvalidClassList) as wrong:
        read_classes(bundle(tmp_path, **changed))
    assert told in wrong.value.report("en")


@pytest.mark.parametrize(
    ("offset", "value", "told"),
    [(8, 1, "it has a password"), (10, 9, "Deflate64"), (10, 8, "a damaged one")],
    ids=["encrypted", "Deflate64", "no deflate data"],
)
def test_a_zip_that_cannot_be_read_says_why(tmp_path: Path, offset: int, value: int, told: str) -> None:
    path = bundle(tmp_path)
    data = bytearray(path.read_bytes())
    for sign, shift in ((b"PK\x01\x02", 0), (b"PK\x03\x04", -2)):
        at = data.find(sign)
        while at >= 0:
            data[at + offset + shift] = value
            at = data.find(sign, at + 1)
    path.write_bytes(data)
    with pytest.raises(InvalidClassList) as wrong:
        read_classes(path)
    assert told in wrong.value.report("en")


def test_a_pipe_is_no_list(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list.csv")
    with pytest.raises(InvalidClassList):
        read_classes(tmp_path / "list.csv")


def test_no_zip_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(b"PK")
    for name in ("set.zip", "absent.csv"):
        with pytest.raises(InvalidClassList):
            read_classes(tmp_path / name)


def class_of(*students: Student) -> SchoolClass:
    return SchoolClass(name="3 (2)", students=students)


def test_an_import_keeps_the_clickers_unless_it_says_whose_they_are() -> None:
    roster = Roster().with_classes([class_of(Student(number="1", name="a"), Student(number="2", name="b"))])
    assert roster.current == "3 (2)"
    roster = roster.bind("1", "11").bind("2", "12")
    again = roster.with_classes(
        [
            class_of(
                Student(number="2", name="B"),
                Student(number="1", name="a"),
                Student(number="3", name="c", device="11"),
            )
        ]
    )
    assert again.current_class is not None
    assert {one.number: one.device for one in again.current_class.students} == {"1": "", "2": "12", "3": "11"}
    assert [one.number for one in again.current_class.unbound()] == ["1"]


def test_a_clicker_belongs_to_one_student_of_the_class() -> None:
    other = SchoolClass(name="other", students=(Student(number="1", name="x", device="7"),))
    roster = Roster().with_classes([class_of(Student(number="1", name="a"), Student(number="2", name="b")), other])
    roster = roster.bind("1", "7").bind("2", "7")
    assert roster.current_class is not None
    assert {device: one.number for device, one in roster.current_class.students_by_device().items()} == {"7": "2"}
    assert roster.classes[1] == other, "classes share the clickers"
    with pytest.raises(NotInRoster):
        roster.bind("9", "7")
    with pytest.raises(NotInRoster):
        roster.with_current("9")


def test_pseudonyms_are_stable_and_say_nothing() -> None:
    roster, other = Roster(), Roster()
    assert Roster.model_validate_json(roster.model_dump_json()).pseudonym("a", "1") == roster.pseudonym("a", "1")
    names = {
        roster.pseudonym("a", "1"),
        roster.pseudonym("a", "2"),
        roster.pseudonym("b", "1"),
        other.pseudonym("a", "1"),
    }
    assert len(names) == 4
    assert all(len(name) == 16 for name in names)


async def test_the_roster_is_kept_where_few_may_read_it(tmp_path: Path) -> None:
    store = RosterStore(tmp_path / "roster.json")
    await store.load()
    await store.change(lambda roster: roster.with_classes([class_of(Student(number="1", name="张伟"))]))
    again = RosterStore(tmp_path / "roster.json")
    await again.load()
    assert again.roster == store.roster
    assert (tmp_path / "roster.json").stat().st_mode & 0o007 == 0
    (tmp_path / "roster.json").write_text("{")
    await again.load()
    assert again.roster.classes == ()
    assert (tmp_path / "roster.json.damaged-1").read_text() == "{"
    (tmp_path / "folder").mkdir()
    unreadable = RosterStore(tmp_path / "folder")
    await unreadable.load()
    with pytest.raises(IsADirectoryError):
        await unreadable.change(lambda roster: roster)
    await asyncio.gather(
        *(again.change(lambda roster, n=n: roster.with_classes([SchoolClass(name=f"{n}")])) for n in range(5))
    )
    assert len(again.roster.classes) == 5
