//! The words of the status pages (W6): English and Russian; other languages are read from files, see `page_words`.

use super::Overall;
use crate::availability::Month;
use crate::incident::{ComponentStatus, IncidentStatus, MaintenanceStatus};
use crate::month_names;
use crate::page_words::Lines;
use crate::time::Timestamp;

/// What a page says by itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(super) status: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) languages: &'static str,
    pub(super) overall: [&'static str; 7],
    pub(super) components: &'static str,
    pub(super) component: [&'static str; 5],
    pub(super) phases: [&'static str; 5],
    pub(super) work: [&'static str; 4],
    pub(super) now: &'static str,
    pub(super) planned: &'static str,
    pub(super) history: &'static str,
    pub(super) quiet: &'static str,
    pub(super) archive: &'static str,
    pub(super) archive_empty: &'static str,
    pub(super) older: &'static str,
    pub(crate) back: &'static str,
    pub(super) uptime: &'static str,
    /// What stands before the decimals of a number.
    pub(super) decimal: &'static str,
    pub(super) days_ago: &'static str,
    pub(super) today: &'static str,
    pub(super) trouble: &'static str,
    pub(super) doing: &'static str,
    pub(super) eta: &'static str,
    pub(super) workaround: &'static str,
    pub(super) summary: [&'static str; 4],
    pub(super) units: [&'static str; 3],
    pub(super) postmortem: &'static str,
    pub(super) subscribe: &'static str,
    pub(super) affected: &'static str,
    pub(crate) missing: &'static str,
    /// As a heading.
    pub(super) months: [&'static str; 12],
    /// Inside a date.
    pub(super) of_months: [&'static str; 12],
    /// How a month of a year is written.
    pub(super) month_form: &'static str,
    /// How a date is.
    pub(super) day_form: &'static str,
    /// How a date with a time is.
    pub(super) moment_form: &'static str,
}

pub(crate) const ENGLISH: Words = Words {
    status: "Status",
    skip: "Skip to the content",
    languages: "Languages",
    overall: [
        "All systems operational",
        "Under maintenance",
        "Some systems are slow",
        "All systems are slow",
        "Minor outage",
        "Partial outage",
        "Major outage",
    ],
    components: "Components",
    component: ["Operational", "Under maintenance", "Degraded performance", "Partial outage", "Major outage"],
    phases: ["Investigating", "Cause found", "Watching the fix", "Resolved", "Post-mortem"],
    work: ["Planned", "In progress", "Verifying", "Completed"],
    now: "What is happening now",
    planned: "Planned work",
    history: "History",
    quiet: "Nothing happened in this month.",
    archive: "Older incidents",
    archive_empty: "There are no older incidents.",
    older: "Older still",
    back: "Back to the current status",
    uptime: "{percent} % up",
    decimal: ".",
    days_ago: "{days} days ago",
    today: "today",
    trouble: "days with trouble: {days}",
    doing: "What we are doing",
    eta: "Expected to be over",
    workaround: "What you can do meanwhile",
    summary: ["Summary", "Impact", "What we change", "It lasted {time}."],
    units: ["d", "h", "min"],
    postmortem: "Post-mortem",
    subscribe: "Subscribe",
    affected: "Affected",
    missing: "There is no such page",
    months: month_names::ENGLISH,
    of_months: month_names::ENGLISH,
    month_form: MONTH_FORM,
    day_form: DAY_FORM,
    moment_form: MOMENT_FORM,
};

pub(crate) const RUSSIAN: Words = Words {
    status: "Состояние",
    skip: "К содержанию",
    languages: "Языки",
    overall: [
        "Всё работает",
        "Идут плановые работы",
        "Часть систем работает медленно",
        "Все системы работают медленно",
        "Небольшой сбой",
        "Частичный сбой",
        "Крупный сбой",
    ],
    components: "Компоненты",
    component: ["Работает", "Плановые работы", "Работает медленно", "Частичный сбой", "Не работает"],
    phases: ["Разбираемся", "Причина найдена", "Следим за исправлением", "Исправлено", "Разбор"],
    work: ["Запланировано", "Идут работы", "Проверяем", "Закончено"],
    now: "Что происходит сейчас",
    planned: "Плановые работы",
    history: "История",
    quiet: "В этом месяце ничего не случилось.",
    archive: "Более ранние сбои",
    archive_empty: "Более ранних сбоев нет.",
    older: "Ещё раньше",
    back: "К текущему состоянию",
    uptime: "доступность {percent} %",
    decimal: ",",
    days_ago: "{days} дней назад",
    today: "сегодня",
    trouble: "дней со сбоями: {days}",
    doing: "Что мы делаем",
    eta: "Ожидаем окончания",
    workaround: "Что можно сделать пока",
    summary: ["Итог", "Последствия", "Что мы изменим", "Длилось {time}."],
    units: ["д", "ч", "мин"],
    postmortem: "Разбор",
    subscribe: "Подписаться",
    affected: "Затронуто",
    missing: "Такой страницы нет",
    months: month_names::RUSSIAN,
    of_months: month_names::OF_RUSSIAN,
    month_form: MONTH_FORM,
    day_form: DAY_FORM,
    moment_form: MOMENT_FORM,
};

/// Dates as English and Russian write them.
const MONTH_FORM: &str = "{month} {year}";
const DAY_FORM: &str = "{day} {month} {year}";
const MOMENT_FORM: &str = "{date}, {time} UTC";

impl Words {
    /// Those of a file, in its order.
    pub(crate) fn read(lines: &mut Lines) -> Self {
        Self {
            status: lines.take(),
            skip: lines.take(),
            languages: lines.take(),
            overall: lines.take_all(),
            components: lines.take(),
            component: lines.take_all(),
            phases: lines.take_all(),
            work: lines.take_all(),
            now: lines.take(),
            planned: lines.take(),
            history: lines.take(),
            quiet: lines.take(),
            archive: lines.take(),
            archive_empty: lines.take(),
            older: lines.take(),
            back: lines.take(),
            uptime: lines.take(),
            decimal: lines.take(),
            days_ago: lines.take(),
            today: lines.take(),
            trouble: lines.take(),
            doing: lines.take(),
            eta: lines.take(),
            workaround: lines.take(),
            summary: lines.take_all(),
            units: lines.take_all(),
            postmortem: lines.take(),
            subscribe: lines.take(),
            affected: lines.take(),
            missing: lines.take(),
            month_form: lines.take(),
            day_form: lines.take(),
            moment_form: lines.take(),
            months: lines.take_all(),
            of_months: lines.take_all(),
        }
    }

    pub(super) const fn overall(&self, overall: Overall) -> &'static str {
        let [operational, maintenance, some_degraded, all_degraded, some_partial, some_major, all_major] = self.overall;
        match overall {
            Overall::Operational => operational,
            Overall::Maintenance => maintenance,
            Overall::SomeDegraded => some_degraded,
            Overall::AllDegraded => all_degraded,
            Overall::SomePartial => some_partial,
            Overall::SomeMajor => some_major,
            Overall::AllMajor => all_major,
        }
    }

    pub(super) const fn component(&self, status: ComponentStatus) -> &'static str {
        let [operational, maintenance, degraded, partial, major] = self.component;
        match status {
            ComponentStatus::Operational => operational,
            ComponentStatus::UnderMaintenance => maintenance,
            ComponentStatus::DegradedPerformance => degraded,
            ComponentStatus::PartialOutage => partial,
            ComponentStatus::MajorOutage => major,
        }
    }

    pub(super) const fn phase(&self, status: IncidentStatus) -> &'static str {
        let [investigating, identified, monitoring, resolved, postmortem] = self.phases;
        match status {
            IncidentStatus::Investigating => investigating,
            IncidentStatus::Identified => identified,
            IncidentStatus::Monitoring => monitoring,
            IncidentStatus::Resolved => resolved,
            IncidentStatus::Postmortem => postmortem,
        }
    }

    pub(super) const fn work(&self, status: MaintenanceStatus) -> &'static str {
        let [scheduled, in_progress, verifying, completed] = self.work;
        match status {
            MaintenanceStatus::Scheduled => scheduled,
            MaintenanceStatus::InProgress => in_progress,
            MaintenanceStatus::Verifying => verifying,
            MaintenanceStatus::Completed => completed,
        }
    }

    /// A phase of an incident, or of planned work, as it is stored; what has no words stays as it is.
    pub(super) fn status_named<'a>(&self, status: &'a str) -> &'a str {
        let stored = serde_json::Value::from(status);
        if let Ok(phase) = serde_json::from_value(stored.clone()) {
            return self.phase(phase);
        }
        serde_json::from_value(stored).map_or(status, |work| self.work(work))
    }

    /// `November 2026`.
    pub(super) fn month(&self, month: Month) -> String {
        let name = usize::try_from(month.number() - 1).ok().and_then(|at| self.months.get(at)).copied();
        self.month_form.replace("{month}", name.unwrap_or_default()).replace("{year}", &month.year().to_string())
    }

    /// `1 d 2 h 5 min`, without what is nothing.
    pub(super) fn duration(&self, minutes: u32) -> String {
        let parts = [minutes / (24 * 60), minutes / 60 % 24, minutes % 60];
        let said = parts.iter().zip(self.units).filter(|(count, _)| **count > 0);
        let said: Vec<String> = said.map(|(count, unit)| format!("{count} {unit}")).collect();
        said.join(" ")
    }

    /// `21 November 2026`.
    pub(crate) fn day(&self, at: Timestamp) -> String {
        let text = at.to_rfc3339();
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let month = part(5, 7).parse::<usize>().ok().and_then(|number| self.of_months.get(number.wrapping_sub(1)));
        let (day, month) = (part(8, 10).trim_start_matches('0'), month.copied().unwrap_or_default());
        self.day_form.replace("{day}", day).replace("{month}", month).replace("{year}", part(0, 4))
    }

    /// `21 November 2026, 10:20 UTC`.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let text = at.to_rfc3339();
        let time = text.get(11..16).unwrap_or_default();
        self.moment_form.replace("{date}", &self.day(at)).replace("{time}", time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        for (minutes, english, russian) in [
            (1, "1 min", "1 мин"),
            (60, "1 h", "1 ч"),
            (7_201, "5 d 1 min", "5 д 1 мин"),
            (1_565, "1 d 2 h 5 min", "1 д 2 ч 5 мин"),
        ] {
            assert_eq!((ENGLISH.duration(minutes).as_str(), RUSSIAN.duration(minutes).as_str()), (english, russian));
        }
        let at = Timestamp::parse_rfc3339("2026-11-01T09:05:59Z").unwrap();
        assert_eq!(ENGLISH.moment(at), "1 November 2026, 09:05 UTC");
        assert_eq!(RUSSIAN.moment(at), "1 ноября 2026, 09:05 UTC");
        assert_eq!(Month::of(at).map(|month| RUSSIAN.month(month)).as_deref(), Some("Ноябрь 2026"));
    }
}
