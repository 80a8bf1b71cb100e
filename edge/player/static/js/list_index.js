/** The room's index as it is searched: which months there are, and their lessons, read when they are needed. Chromium 92. */

const KINDS = ["subject", "class", "teacher"];
const AT_ONCE = 4;
const UNSAID = { title: "", subject: "", teacher: "", class_name: "", began: null, length_s: 0, recording: "", poster: null };

async function readJson(path) {
  const answer = await fetch(path, { cache: "no-cache", credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** The index; rejects where it cannot be read. */
export async function readIndex() {
  const index = await readJson("index.json");
  return new LessonIndex(index);
}

/** A search: filter is {q, subject, class, teacher, month}, each "" for any. */
class LessonIndex {
  constructor(index) {
    this.roomName = index.room_name || index.room;
    this.zone = index.zone;
    this.count = index.lessons;
    this.months = index.months;
    this.newest = index.newest.map(asWritten);
    this.names = { subject: index.subjects, class: index.classes, teacher: index.teachers };
    this.read = new Map();
    this.day = new Intl.DateTimeFormat("en-CA", { timeZone: this.zone, year: "numeric", month: "2-digit", day: "2-digit" });
  }

  /** The months in which a lesson may be that matches. */
  monthsFor(filter) {
    return this.months.filter((month) => (!filter.month || groupOf(month.month) === filter.month) &&
      KINDS.every((kind, place) => !filter[kind] || month.has[place].includes(this.names[kind].indexOf(filter[kind]))));
  }

  /** The lessons of a month, the newest first; what cannot be read is asked for again next time. */
  lessonsOf(name) {
    if (!this.read.has(name)) {
      const reading = readJson(`${encodeURIComponent(name)}.json`).then((file) => file.lessons.map(asWritten));
      reading.catch(() => this.read.delete(name));
      this.read.set(name, reading);
    }
    return this.read.get(name);
  }

  /** Every lesson that matches, the newest first, with how many of how many months were searched for it. */
  async *find(filter) {
    const isAll = !filter.q && !filter.month && KINDS.every((kind) => !filter[kind]);
    const months = this.monthsFor(filter), seen = new Set();
    if (isAll) {
      for (const lesson of this.newest) {
        seen.add(lesson.folder);
        yield { lesson, done: 0, of: months.length };
      }
    }
    for (let place = 0; place < months.length; place++) {
      // Where somebody looks for something rare, the next months are on their way meanwhile.
      const ahead = isAll ? 1 : AT_ONCE;
      for (const next of months.slice(place, place + ahead)) this.lessonsOf(next.month).catch(() => {});
      for (const lesson of await this.lessonsOf(months[place].month)) {
        if (!seen.has(lesson.folder) && this.matches(lesson, filter)) {
          seen.add(lesson.folder);
          yield { lesson, done: place, of: months.length };
        }
      }
      yield { lesson: null, done: place + 1, of: months.length };
    }
  }

  matches(lesson, filter) {
    if (filter.subject && lesson.subject !== filter.subject) return false;
    if (filter.class && lesson.class_name !== filter.class) return false;
    if (filter.teacher && lesson.teacher !== filter.teacher) return false;
    if (!filter.q) return true;
    const text = `${lesson.title} ${lesson.subject} ${lesson.teacher} ${lesson.class_name} ${this.dayOf(lesson)} ${lesson.id}`.toLowerCase();
    return filter.q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  /** The school's date, such as 2026-11-30; empty where it is not known. */
  dayOf(lesson) {
    return lesson.began ? this.day.format(new Date(lesson.began)) : "";
  }

  /** The month under which a lesson is shown: 2026-11, or undated. */
  monthOf(lesson) {
    return this.dayOf(lesson).slice(0, 7) || "undated";
  }
}

/** An entry with what the index leaves out, since it is as usual. */
function asWritten(entry) {
  return { ...UNSAID, folder: entry.id, ...entry };
}

/** What is shown as one month: lessons without a date are in several files. */
export function groupOf(month) {
  return month.startsWith("undated") ? "undated" : month;
}
