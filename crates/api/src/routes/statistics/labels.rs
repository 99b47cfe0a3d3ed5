//! Words for what a table of counts has in its head.

use qorgan_domain::statistics::Dimension;

use crate::problem::Words;

/// What the counts count.
pub const COUNT: Words = Words { ru: "Число фактов", kk: "Фактілер саны", en: "Facts" };

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
