//! Words for what a table of counts has in its head.

use qorgan_domain::statistics::{Dimension, StatisticsMethod};

use crate::problem::Words;
use crate::routes::reference::labels as classifiers;

/// What the counts count.
pub const COUNT: Words = Words { ru: "Число фактов", kk: "Фактілер саны", en: "Facts" };

/// What every table is about.
pub const TITLE: Words = Words {
    ru: "Факты насилия и суицидального поведения: единый регистр",
    kk: "Зорлық-зомбылық пен суицидтік мінез-құлық фактілері: бірыңғай тізілім",
    en: "Facts of violence and suicidal behaviour: the unified register",
};

/// Where the numbers come from.
pub const SOURCE: Words =
    Words {
        ru: "Единый регистр фактов", kk: "Фактілердің бірыңғай тізілімі", en: "The unified register"
    };

/// The name of a sheet: at most 31 characters.
pub const SHEET: Words = Words { ru: "Факты", kk: "Фактілер", en: "Facts" };

/// The dimension of measures.
pub const MEASURE: Words = Words { ru: "Показатель", kk: "Көрсеткіш", en: "Measure" };

/// All cells together.
pub const TOTAL: Words = Words { ru: "Всего", kk: "Барлығы", en: "Total" };

/// A fact that has no value in a dimension.
pub const NO_VALUE: Words =
    Words { ru: "Не применимо", kk: "Қолданылмайды", en: "Not applicable" };

/// The days of the events.
pub const PERIOD: Words =
    Words { ru: "Период событий", kk: "Оқиғалар кезеңі", en: "Period of the events" };

/// The day whose register was read.
pub const AS_OF: Words = Words {
    ru: "По состоянию регистра на конец дня",
    kk: "Тізілімнің күн соңындағы күйі бойынша",
    en: "Register as of the end of",
};

/// How the counts were made.
pub const METHOD: Words = Words { ru: "Метод", kk: "Әдіс", en: "Method" };

/// What the counts were narrowed to.
pub const FILTERS: Words = Words { ru: "Отбор", kk: "Іріктеу", en: "Filters" };

/// They were not.
pub const NO_FILTERS: Words = Words { ru: "все факты", kk: "барлық фактілер", en: "all facts" };

/// What a reader must know.
pub const NOTE: Words = Words { ru: "Примечание", kk: "Ескертпе", en: "Note" };

/// What a reader of protected counts must know; `{small}` are the counts that are never shown, `{max}` the greatest noise.
pub const PROTECTED_NOTE: Words = Words {
    ru: "Числа защищены: каждое, и итог тоже, изменено случайно не более чем на {max}. Числа {small} не показываются, 0 может \
         быть и малым числом. Сумма строк может отличаться от итога.",
    kk: "Сандар қорғалған: әрқайсысы, қорытынды да, кездейсоқ түрде ең көбі {max}-ге өзгертілген. {small} сандары көрсетілмейді, \
         0 шағын сан да болуы мүмкін. Жолдардың қосындысы қорытындыдан өзгеше болуы мүмкін.",
    en: "The counts are protected: each one, the total too, was changed at random by at most {max}. Counts of {small} are never \
         shown, and 0 may stand for a small count. The rows need not add up to the total.",
};

/// The word of a method.
pub const fn method(method: StatisticsMethod) -> Words {
    match method {
        StatisticsMethod::Exact => {
            Words { ru: "точные числа", kk: "нақты сандар", en: "exact counts" }
        }
        StatisticsMethod::Protected => Words {
            ru: "защищённые числа (метод ключей ячеек)",
            kk: "қорғалған сандар (ұяшық кілттері әдісі)",
            en: "protected counts (cell-key method)",
        },
    }
}

/// The classifier that has the words of a dimension's values.
pub const fn classifier(dimension: Dimension) -> Option<&'static str> {
    match dimension {
        Dimension::Month | Dimension::Territory | Dimension::Agency => None,
        Dimension::Kind => Some("fact_kind"),
        Dimension::MainForm => Some("violence_form"),
        Dimension::Level => Some("suicidal_level"),
        Dimension::Sex => Some("sex"),
        Dimension::AgeGroup => Some("age_group"),
        Dimension::Setting => Some("setting"),
        Dimension::Relation => Some("relation"),
        Dimension::Status => Some("fact_status"),
        _ => None,
    }
}

/// Where a value stands in its vocabulary; 0 for all values of the others, which sort by their text.
pub fn place(dimension: Dimension, code: Option<&str>) -> usize {
    let known = classifier(dimension).and_then(classifiers::of);
    known.and_then(|labels| labels.iter().position(|label| Some(label.code.as_str()) == code)).unwrap_or_default()
}

/// The name of a dimension.
pub const fn dimension(dimension: Dimension) -> Words {
    match dimension {
        Dimension::Month => {
            Words { ru: "Месяц события", kk: "Оқиға айы", en: "Month of the event" }
        }
        Dimension::Territory => {
            Words { ru: "Город или район", kk: "Қала немесе аудан", en: "City or district" }
        }
        Dimension::Kind => Words { ru: "Вид факта", kk: "Факт түрі", en: "Kind of fact" },
        Dimension::MainForm => {
            Words {
                ru: "Основная форма насилия", kk: "Зорлық-зомбылықтың негізгі нысаны", en: "Main form of violence"
            }
        }
        Dimension::Level => Words {
            ru: "Уровень суицидального поведения",
            kk: "Суицидтік мінез-құлық деңгейі",
            en: "Level of suicidal behaviour",
        },
        Dimension::Sex => {
            Words { ru: "Пол ребёнка", kk: "Баланың жынысы", en: "Sex of the child" }
        }
        Dimension::AgeGroup => Words {
            ru: "Возраст ребёнка, лет", kk: "Баланың жасы", en: "Age of the child, years"
        },
        Dimension::Setting => Words { ru: "Место события", kk: "Оқиға орны", en: "Setting" },
        Dimension::Relation => Words {
            ru: "Кем приходится предполагаемый виновный",
            kk: "Болжамды кінәлінің балаға қатысы",
            en: "Relation of the alleged perpetrator",
        },
        Dimension::Agency => Words {
            ru: "Ведомство, сообщившее первым",
            kk: "Бірінші хабарлаған ведомство",
            en: "Agency that reported first",
        },
        Dimension::Status => {
            Words { ru: "Статус факта", kk: "Факт мәртебесі", en: "Status of the fact" }
        }
        _ => Words { ru: "", kk: "", en: "" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_differ_from_each_other_and_between_languages() {
        let mut seen = HashSet::new();
        for code in Dimension::ALL {
            let Words { ru, kk, en } = dimension(*code);
            for name in [ru, kk, en] {
                assert!(seen.insert(name), "{name}");
            }
        }
    }
}
