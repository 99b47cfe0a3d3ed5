//! Words for what a table of counts has in its head.

use qorgan_domain::statistics::{Comparison, Dimension, StatisticsMethod};

use super::table::Measure;
use crate::problem::Words;

/// What the counts count.
pub const COUNT: Words = Words { ru: "Число фактов", kk: "Фактілер саны", en: "Facts" };

/// Distinct children.
const CHILDREN: Words = Words { ru: "Число детей", kk: "Балалар саны", en: "Children" };

/// Facts per 10 000 children.
const RATE: Words =
    Words {
        ru: "Фактов на 10 000 детей", kk: "10 000 балаға шаққандағы фактілер", en: "Facts per 10 000 children"
    };

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
         быть и малым числом: сумма строк может быть и меньше, и больше итога.",
    kk: "Сандар қорғалған: әрқайсысы, қорытынды да, кездейсоқ түрде ең көбі {max}-ге өзгертілген. {small} сандары көрсетілмейді, \
         0 шағын сан да болуы мүмкін: жолдардың қосындысы қорытындыдан аз да, көп те болуы мүмкін.",
    en: "The counts are protected: each one, the total too, was changed at random by at most {max}. Counts of {small} are never \
         shown, and 0 may stand for a small count: the rows may add up to less than the total, or to more.",
};

/// What a reader of tables by any form must know.
pub const ANY_FORM_NOTE: Words = Words {
    ru: "Факт учтён по каждой из своих форм: сумма строк может быть больше итога.",
    kk: "Факт өзінің әрбір нысаны бойынша есептелген: жолдардың қосындысы қорытындыдан көп болуы мүмкін.",
    en: "A fact counts once for each of its forms: the rows may add up to more than the total.",
};

/// What a reader of numbers of children must know.
pub const CHILDREN_NOTE: Words = Words {
    ru: "Дети посчитаны по записям, объединённым на ту же дату; один ребёнок может стоять в нескольких строках.",
    kk: "Балалар сол күнгі біріктірілген жазбалар бойынша есептелген; бір бала бірнеше жолда тұруы мүмкін.",
    en: "Children are counted by their records as merged on the same day; a child may stand in several rows.",
};

/// What a reader of rates must know.
pub const RATE_NOTE: Words = Words {
    ru: "На 10 000 детей, живущих на территории, за показанный период, без пересчёта на год.",
    kk: "Аумақта тұратын 10 000 балаға, көрсетілген кезең үшін, жылға шақпай.",
    en: "Per 10 000 children who live in the place, for the period shown, not for a year.",
};

/// What a reader of rates must know whose denominators are not official.
pub const PROVISIONAL_NOTE: Words = Words {
    ru: "Число детей оценочное.",
    kk: "Балалар саны бағалау бойынша.",
    en: "The numbers of children are estimates.",
};

/// Why there are no rates.
pub const NO_RATE_NOTE: Words = Words {
    ru: "Коэффициентов нет: число детей известно по территориям, но не по полу, возрасту, населённому пункту и ведомственной территории.",
    kk: "Коэффициент жоқ: балалар саны аумақ бойынша белгілі, бірақ жынысы, жасы, елді мекені және хабарлаған ұйымның аумағы бойынша емес.",
    en: "There are no rates: numbers of children are known by territory, not by sex, age, settlement or place of who reported.",
};

/// Which earlier period there is; `{from}` and `{to}` are its days.
pub const fn earlier_note(comparison: Comparison) -> Words {
    match comparison {
        Comparison::Previous => Words {
            ru: "Предыдущий период: {from} – {to}, по состоянию на ту же дату.",
            kk: "Алдыңғы кезең: {from} – {to}, сол күнгі жағдай бойынша.",
            en: "Period before: {from} – {to}, as of the same day.",
        },
        Comparison::YearBefore => Words {
            ru: "Тот же период год назад: {from} – {to}, по состоянию на ту же дату.",
            kk: "Бір жыл бұрынғы сол кезең: {from} – {to}, сол күнгі жағдай бойынша.",
            en: "The same period a year before: {from} – {to}, as of the same day.",
        },
    }
}

/// The name of a measure.
pub const fn measure(measure: Measure) -> Words {
    match measure {
        Measure::Count => COUNT,
        Measure::Children => CHILDREN,
        Measure::Rate => RATE,
        Measure::Before(Comparison::Previous) => Words {
            ru: "Фактов в предыдущем периоде",
            kk: "Алдыңғы кезеңдегі фактілер",
            en: "Facts of the period before",
        },
        Measure::Difference(Comparison::Previous) => Words {
            ru: "Больше, чем в предыдущем периоде, на",
            kk: "Алдыңғы кезеңмен айырма",
            en: "Difference from the period before",
        },
        Measure::Percent(Comparison::Previous) => Words {
            ru: "К предыдущему периоду, %",
            kk: "Алдыңғы кезеңге қатысты, %",
            en: "Difference from the period before, %",
        },
        Measure::Before(Comparison::YearBefore) => {
            Words {
                ru: "Фактов год назад", kk: "Бір жыл бұрынғы фактілер", en: "Facts a year before"
            }
        }
        Measure::Difference(Comparison::YearBefore) => Words {
            ru: "Больше, чем год назад, на",
            kk: "Бір жыл бұрынғымен айырма",
            en: "Difference from a year before",
        },
        Measure::Percent(Comparison::YearBefore) => Words {
            ru: "К тому же периоду год назад, %",
            kk: "Бір жыл бұрынғыға қатысты, %",
            en: "Difference from a year before, %",
        },
    }
}

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
        Dimension::Day | Dimension::Month | Dimension::Quarter | Dimension::Year | Dimension::SchoolYear => None,
        Dimension::Region | Dimension::Territory | Dimension::Settlement | Dimension::ReporterTerritory => None,
        Dimension::Agency | Dimension::Age => None,
        Dimension::Kind => Some("fact_kind"),
        Dimension::MainForm | Dimension::AnyForm => Some("violence_form"),
        Dimension::Level => Some("suicidal_level"),
        Dimension::Sex => Some("sex"),
        Dimension::AgeGroup => Some("age_group"),
        Dimension::AgeFiveYears => Some("age_five_years"),
        Dimension::AgeSchoolStage => Some("age_school_stage"),
        Dimension::Setting => Some("setting"),
        Dimension::Relation => Some("relation"),
        Dimension::Status => Some("fact_status"),
        Dimension::Outcome => Some("fact_outcome"),
        Dimension::Channel => Some("signal_channel"),
    }
}

/// Where a value stands in its vocabulary; 0 for all values of the others, which sort by their text.
pub fn place(dimension: Dimension, code: Option<&str>) -> usize {
    let known = dimension.codes().and_then(|codes| codes.iter().position(|known| Some(*known) == code));
    known.unwrap_or_default()
}

/// The name of a dimension.
pub const fn dimension(dimension: Dimension) -> Words {
    match dimension {
        Dimension::Day => Words { ru: "День события", kk: "Оқиға күні", en: "Day of the event" },
        Dimension::Quarter => {
            Words { ru: "Квартал события", kk: "Оқиға тоқсаны", en: "Quarter of the event" }
        }
        Dimension::Year => Words { ru: "Год события", kk: "Оқиға жылы", en: "Year of the event" },
        Dimension::SchoolYear => {
            Words {
                ru: "Учебный год события", kk: "Оқиғаның оқу жылы", en: "School year of the event"
            }
        }
        Dimension::Region => Words { ru: "Область", kk: "Облыс", en: "Region" },
        Dimension::Settlement => {
            Words {
                ru: "Населённый пункт", kk: "Елді мекен", en: "Settlement or district of a city"
            }
        }
        Dimension::ReporterTerritory => Words {
            ru: "Территория организации, сообщившей первой",
            kk: "Бірінші хабарлаған ұйымның аумағы",
            en: "Territory of the organisation that reported first",
        },
        Dimension::AnyForm => Words {
            ru: "Форма насилия (любая из форм факта)",
            kk: "Зорлық-зомбылық нысаны (фактінің кез келген нысаны)",
            en: "Any form of violence",
        },
        Dimension::AgeFiveYears => Words {
            ru: "Возраст ребёнка, пятилетние группы",
            kk: "Баланың жасы, бес жылдық топтар",
            en: "Age of the child, five-year groups",
        },
        Dimension::AgeSchoolStage => Words {
            ru: "Возраст ребёнка по ступеням школы",
            kk: "Мектеп сатылары бойынша баланың жасы",
            en: "Age of the child by stage of school",
        },
        Dimension::Age => Words {
            ru: "Возраст ребёнка, полных лет",
            kk: "Баланың толық жасы",
            en: "Age of the child, completed years",
        },
        Dimension::Outcome => Words {
            ru: "Решение межведомственной группы",
            kk: "Ведомствоаралық топтың шешімі",
            en: "Decision of the interagency group",
        },
        Dimension::Channel => {
            Words { ru: "Канал выявления", kk: "Анықтау арнасы", en: "Channel of detection" }
        }
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_value_of_a_vocabulary_has_words() {
        for dimension in Dimension::ALL {
            let Some(classifier) = classifier(*dimension) else { continue };
            let words: Vec<&str> = crate::routes::reference::labels::of(classifier)
                .unwrap()
                .iter()
                .map(|label| label.code.as_str())
                .collect();
            assert_eq!(dimension.codes(), Some(words.as_slice()), "{dimension}");
        }
    }

    #[test]
    fn names_differ_from_each_other_and_between_languages() {
        let mut seen = HashSet::new();
        for code in Dimension::ALL {
            let Words { ru, kk, en } = dimension(*code);
            for name in [ru, kk, en] {
                assert!(seen.insert(name), "{name}");
            }
        }
        let by =
            |comparison| [Measure::Before(comparison), Measure::Difference(comparison), Measure::Percent(comparison)];
        let compared = Comparison::ALL.iter().copied().flat_map(by);
        for one in [Measure::Count, Measure::Children, Measure::Rate].into_iter().chain(compared) {
            let Words { ru, kk, en } = measure(one);
            for name in [ru, kk, en] {
                assert!(seen.insert(name), "{name}");
            }
        }
    }
}
