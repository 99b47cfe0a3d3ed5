//! Names of the columns of these tables.

use qorgan_domain::statistics::operations::{OperationsDimension, OperationsMeasure};

use crate::problem::Words;

const fn words(ru: &'static str, kk: &'static str, en: &'static str) -> Words {
    Words { ru, kk, en }
}

/// The classifier that has the words of a dimension's values.
pub const fn classifier(dimension: OperationsDimension) -> Option<&'static str> {
    match dimension {
        OperationsDimension::Stage => Some("stage"),
        OperationsDimension::RiskLevel => Some("risk_level"),
        OperationsDimension::Outcome => Some("closure_outcome"),
        OperationsDimension::Deadline => Some("deadline_kind"),
        OperationsDimension::Channel => Some("signal_channel"),
        OperationsDimension::Urgency => Some("urgency"),
        OperationsDimension::Role => Some("role"),
        OperationsDimension::Agency
        | OperationsDimension::Territory
        | OperationsDimension::Organisation
        | OperationsDimension::Specialist
        | OperationsDimension::Month => None,
    }
}

/// The name of a column of values.
pub const fn dimension(dimension: OperationsDimension) -> Words {
    match dimension {
        OperationsDimension::Stage => words("Этап кейса", "Кейс кезеңі", "Stage of the case"),
        OperationsDimension::RiskLevel => words("Уровень риска", "Тәуекел деңгейі", "Risk"),
        OperationsDimension::Outcome => words("Исход закрытия", "Жабу нәтижесі", "Outcome"),
        OperationsDimension::Deadline => words("Вид срока", "Мерзім түрі", "Deadline"),
        OperationsDimension::Channel => words("Канал сигнала", "Сигнал арнасы", "Channel of the signal"),
        OperationsDimension::Urgency => words("Срочность", "Шұғылдығы", "Urgency"),
        OperationsDimension::Agency => words("Ведомство", "Орган (ведомство)", "Agency"),
        OperationsDimension::Territory => words("Город или район", "Қала немесе аудан", "City or district"),
        OperationsDimension::Organisation => words("Организация", "Ұйым", "Organisation"),
        OperationsDimension::Specialist => words("Специалист", "Маман", "Specialist"),
        OperationsDimension::Role => words("Роль", "Рөл", "Role"),
        OperationsDimension::Month => words("Месяц", "Ай", "Month"),
    }
}

/// The name of a column of numbers.
pub const fn measure(measure: OperationsMeasure) -> Words {
    match measure {
        OperationsMeasure::Cases => words("Кейсов", "Кейстер саны", "Cases"),
        OperationsMeasure::Children => words("Детей", "Балалар саны", "Children"),
        OperationsMeasure::InTime => words("Выполнено в срок", "Мерзімінде орындалды", "Done in time"),
        OperationsMeasure::Late => words("Выполнено с опозданием", "Кешігіп орындалды", "Done late"),
        OperationsMeasure::Overdue => words("Просрочено", "Мерзімі өтті", "Overdue"),
        OperationsMeasure::Running => words("Срок не истёк", "Мерзімі өткен жоқ", "Not due yet"),
        OperationsMeasure::InTimeShare => words("В срок, %", "Мерзімінде, %", "In time, %"),
        OperationsMeasure::MedianHours => words("Медиана, часов", "Медиана, сағат", "Median, hours"),
        OperationsMeasure::P90Hours => {
            words("90-й процентиль, часов", "90-процентиль, сағат", "90th percentile, hours")
        }
        OperationsMeasure::Closed => words("Закрыто кейсов", "Жабылған кейстер", "Cases closed"),
        OperationsMeasure::Observed => {
            words("Из них срок наблюдения истёк", "Оның ішінде бақылау мерзімі өткені", "Of them observed to the end")
        }
        OperationsMeasure::Reopened => words("Открыто заново", "Қайта ашылды", "Opened anew"),
        OperationsMeasure::NewCase => words("Новый кейс ребёнка", "Баланың жаңа кейсі", "New case of the child"),
        OperationsMeasure::NewFact => {
            words("Новый факт в регистре", "Тізілімдегі жаңа факт", "New fact in the register")
        }
        OperationsMeasure::Recurred => words("Повторность, кейсов", "Қайталануы, кейстер", "Recurred"),
        OperationsMeasure::RecurrenceShare => words("Повторность, %", "Қайталануы, %", "Recurred, %"),
        OperationsMeasure::Signals => words("Сигналов", "Сигналдар саны", "Signals"),
        OperationsMeasure::Undecided => words("Не рассмотрено", "Қаралмады", "Not decided"),
        OperationsMeasure::Accepted => words("Открыт кейс", "Кейс ашылды", "Opened a case"),
        OperationsMeasure::Linked => words("Добавлено к кейсу", "Кейске қосылды", "Added to a case"),
        OperationsMeasure::Dismissed => words("Отклонено", "Қабылданбады", "Dismissed"),
        OperationsMeasure::Specialists => words("Специалистов", "Мамандар саны", "Specialists"),
        OperationsMeasure::OpenCases => words("Открытых кейсов", "Ашық кейстер", "Open cases"),
        OperationsMeasure::HighRiskCases => words(
            "Из них высокого и критического риска",
            "Оның ішінде тәуекелі жоғары және сыни",
            "Of high or critical risk",
        ),
        OperationsMeasure::Unassigned => {
            words("Без ведущего специалиста", "Жауапты маманы жоқ", "Without a case manager")
        }
        OperationsMeasure::CasesPerSpecialist => {
            words("Кейсов на специалиста", "Бір маманға кейстер", "Cases per specialist")
        }
        OperationsMeasure::Capacity => words("Кейсов по норме", "Норма бойынша кейстер", "Cases by the norm"),
        OperationsMeasure::LoadShare => words("Нагрузка, % нормы", "Жүктеме, норманың %-ы", "Load, % of the norm"),
        OperationsMeasure::HighRiskShare => {
            words("Высокий риск, % нормы", "Жоғары тәуекел, норманың %-ы", "High risk, % of the norm")
        }
        OperationsMeasure::OverNorm => {
            words("Специалистов сверх нормы", "Нормадан асқан мамандар", "Specialists over the norm")
        }
        OperationsMeasure::ChildPopulation => words("Детское население", "Балалар халқы", "Children who live there"),
        OperationsMeasure::ChildrenPerSpecialist => {
            words("Детей на специалиста", "Бір маманға балалар", "Children per specialist")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_differ_from_each_other_and_between_languages() {
        let mut seen = HashSet::new();
        let columns = OperationsDimension::ALL.iter().map(|code| dimension(*code));
        for Words { ru, kk, en } in columns.chain(OperationsMeasure::ALL.iter().map(|code| measure(*code))) {
            for name in [ru, kk, en] {
                assert!(seen.insert(name), "{name}");
            }
        }
    }
}
