//! Words above these tables, and the period where none is given.

use chrono::{Datelike, NaiveDate};
use qorgan_domain::statistics::StatisticsMethod;

use crate::problem::Words;

/// First and last day: what is not given is the year up to `as_of`, or up to today.
pub fn period(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    as_of: Option<NaiveDate>,
    today: NaiveDate,
) -> (NaiveDate, NaiveDate) {
    let to = to.or(as_of).unwrap_or(today);
    (from.unwrap_or_else(|| to.with_ordinal(1).unwrap_or(to)), to)
}

/// What a table is about, by the last part of its address.
pub fn title(code: &str) -> Words {
    match code {
        "cases" => Words { ru: "Кейсы", kk: "Кейстер", en: "Cases" },
        "timeliness" => Words {
            ru: "Соблюдение сроков", kk: "Мерзімдердің сақталуы", en: "Timeliness"
        },
        "recurrence" => Words {
            ru: "Повторность после закрытия кейсов",
            kk: "Кейстер жабылғаннан кейінгі қайталану",
            en: "Recurrence after closure",
        },
        "detection" => Words {
            ru: "Выявление: сигналы и решения по ним",
            kk: "Анықтау: сигналдар және олар бойынша шешімдер",
            en: "Detection: signals and what became of them",
        },
        _ => Words {
            ru: "Нагрузка на специалистов", kk: "Мамандардың жүктемесі", en: "Workload of specialists"
        },
    }
}

/// Where the numbers come from.
pub const SOURCE: Words =
    Words { ru: "Ведение кейсов", kk: "Кейстерді жүргізу", en: "Case management" };
/// The name of a sheet: at most 31 characters.
pub const SHEET: Words = Words { ru: "Таблица", kk: "Кесте", en: "Table" };
/// All records together.
pub const TOTAL: Words = Words { ru: "Всего", kk: "Барлығы", en: "Total" };
/// A record that has no value in a dimension.
pub const NO_VALUE: Words =
    Words { ru: "Не применимо", kk: "Қолданылмайды", en: "Not applicable" };
/// The days that are counted.
pub const PERIOD: Words = Words { ru: "Период", kk: "Кезең", en: "Period" };
/// The day as of which.
pub const AS_OF: Words =
    Words {
        ru: "По состоянию на конец дня", kk: "Күн соңындағы жағдай бойынша", en: "As of the end of"
    };
/// How the counts were made.
pub const METHOD: Words = Words { ru: "Метод", kk: "Әдіс", en: "Method" };
/// What the counts were narrowed to.
pub const FILTERS: Words = Words { ru: "Отбор", kk: "Іріктеу", en: "Filters" };
/// They were not.
pub const NO_FILTERS: Words = Words { ru: "без отбора", kk: "іріктеусіз", en: "none" };
/// What a reader must know.
pub const NOTE: Words = Words { ru: "Примечание", kk: "Ескертпе", en: "Note" };

/// What a reader of exact counts must know.
pub const IN_REACH: Words = Words {
    ru: "Точные числа по кейсам и сигналам, доступным запросившему.",
    kk: "Сұрау салушыға қолжетімді кейстер мен сигналдар бойынша нақты сандар.",
    en: "Exact counts of the cases and signals in the reach of who asked.",
};

/// What a reader of protected counts must know; `{small}` are the counts that are never shown, `{max}` the greatest noise.
pub const PROTECTED: Words = Words {
    ru: "Числа по всей области защищены: каждое изменено случайно не более чем на {max}. Числа {small} не показываются, 0 \
         может быть и малым числом. Доли рассчитаны по показанным числам.",
    kk: "Бүкіл облыс бойынша сандар қорғалған: әрқайсысы кездейсоқ түрде ең көбі {max}-ге өзгертілген. {small} сандары \
         көрсетілмейді, 0 шағын сан да болуы мүмкін. Үлестер көрсетілген сандардан есептелген.",
    en: "Counts of the whole region, protected: each was changed at random by at most {max}. Counts of {small} are never shown, \
         and 0 may stand for a small count. Shares are made of the counts that are shown.",
};

/// What is counted in protected tables of deadlines.
pub const CASES_NOT_DEADLINES: Words = Words {
    ru: "Показано число кейсов, в которых есть такой срок: каждый кейс в ячейке считается один раз.",
    kk: "Осындай мерзімі бар кейстер саны көрсетілген: әр кейс ұяшықта бір рет саналады.",
    en: "Counted are the cases with such a deadline, each once in a cell.",
};

/// What recurrence is made of.
pub const RECURRENCE: Words = Words {
    ru: "Повторность считается среди кейсов, срок наблюдения после закрытия которых уже истёк.",
    kk: "Қайталану жабылғаннан кейінгі бақылау мерзімі өткен кейстер арасында саналады.",
    en: "Recurrence is counted among the cases whose time of observation after closure has passed.",
};

/// Where exact counts look for it.
pub const RECURRENCE_IN_REACH: Words = Words {
    ru: "Новые кейсы и факты учтены только там, где они доступны запросившему: на деле их может быть больше.",
    kk: "Жаңа кейстер мен фактілер сұрау салушыға қолжетімді жерде ғана есепке алынды: іс жүзінде олар көбірек болуы мүмкін.",
    en: "New cases and facts are counted only where who asked may see them: in truth there may be more.",
};

/// What signals are not.
pub const DETECTION: Words = Words {
    ru: "Сигналы показывают выявление, а не вред: рост их числа не означает роста насилия.",
    kk: "Сигналдар зиянды емес, анықтауды көрсетеді: олардың көбеюі зорлық-зомбылықтың көбеюін білдірмейді.",
    en: "Signals tell of detection, not of harm: more of them does not mean more violence.",
};

/// What the norms are.
pub const NORMS: Words = Words {
    ru: "Нормы нагрузки предварительные: приказом не утверждены.",
    kk: "Жүктеме нормалары алдын ала: бұйрықпен бекітілмеген.",
    en: "The norms are provisional: no order has set them.",
};

/// What the numbers of children are.
pub const POPULATION: Words = Words {
    ru: "Детское население районов оценочное.",
    kk: "Аудандардың балалар саны бағалау бойынша.",
    en: "The numbers of children who live in the districts are estimates.",
};

/// The word of a method.
pub const fn method(method: StatisticsMethod) -> Words {
    super::super::labels::method(method)
}
