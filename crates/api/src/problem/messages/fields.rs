//! Fields: the shape of requests, values in general, and the first resources.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    // The shape of the request.
    ("unknown_field", "Неизвестное поле.", "Белгісіз өріс.", "Unknown field."),
    ("duplicate_field", "Поле указано дважды.", "Өріс екі рет көрсетілген.", "The field is given twice."),
    ("missing_field", "Обязательное поле отсутствует.", "Міндетті өріс жоқ.", "A required field is missing."),
    (
        "wrong_type",
        "Неверный тип: ожидается {expected}.",
        "Түрі қате: {expected} күтіледі.",
        "Wrong type: {expected} is expected.",
    ),
    (
        "not_allowed_here",
        "Здесь это поле не допускается.",
        "Бұл жерде осы өріске жол берілмейді.",
        "This field is not allowed here.",
    ),
    ("required_here", "Здесь это поле обязательно.", "Бұл жерде осы өріс міндетті.", "This field is required here."),
    ("unknown_parameter", "Неизвестный параметр.", "Белгісіз параметр.", "Unknown parameter."),
    ("repeated_parameter", "Параметр указан дважды.", "Параметр екі рет көрсетілген.", "The parameter is given twice."),
    (
        "missing_parameter",
        "Обязательный параметр отсутствует.",
        "Міндетті параметр жоқ.",
        "A required parameter is missing.",
    ),
    (
        "header_format",
        "Заголовок записан неверно; ожидается {expected}.",
        "Тақырыптама қате жазылған; {expected} күтіледі.",
        "The header is malformed; {expected} is expected.",
    ),
    // Values in general.
    ("invalid_value", "Недопустимое значение.", "Жарамсыз мән.", "The value is not valid."),
    (
        "unknown_code",
        "Неизвестный код; допустимы: {allowed}.",
        "Белгісіз код; рұқсат етілгендері: {allowed}.",
        "Unknown code; allowed: {allowed}.",
    ),
    (
        "too_many_items",
        "Слишком много элементов: не больше {max}.",
        "Элементтер тым көп: ең көбі {max}.",
        "Too many items: at most {max}.",
    ),
    (
        "too_few_items",
        "Слишком мало элементов: не меньше {min}.",
        "Элементтер тым аз: кемінде {min}.",
        "Too few items: at least {min}.",
    ),
    (
        "number_too_small",
        "Число слишком мало: не меньше {min}.",
        "Сан тым кіші: кемінде {min}.",
        "The number is too small: at least {min}.",
    ),
    (
        "number_too_large",
        "Число слишком велико: не больше {max}.",
        "Сан тым үлкен: ең көбі {max}.",
        "The number is too large: at most {max}.",
    ),
    (
        "cursor_invalid",
        "Курсор недействителен; начните список сначала.",
        "Курсор жарамсыз; тізімді басынан бастаңыз.",
        "The cursor is not valid; start the list again.",
    ),
    // Texts and names.
    (
        "text_too_short",
        "Текст слишком короткий: не меньше {min} знаков.",
        "Мәтін тым қысқа: кемінде {min} таңба.",
        "The text is too short: at least {min} characters.",
    ),
    (
        "text_too_long",
        "Текст слишком длинный: не больше {max} знаков.",
        "Мәтін тым ұзын: ең көбі {max} таңба.",
        "The text is too long: at most {max} characters.",
    ),
    (
        "text_control_characters",
        "Текст содержит управляющие знаки.",
        "Мәтінде басқару таңбалары бар.",
        "The text contains control characters.",
    ),
    (
        "name_format",
        "Имя содержит недопустимые знаки.",
        "Есімде жарамсыз таңбалар бар.",
        "The name contains characters that are not allowed.",
    ),
    // People.
    ("iin_format", "ИИН состоит из 12 цифр.", "ЖСН 12 цифрдан тұрады.", "An IIN has 12 digits."),
    (
        "iin_control_digit",
        "Контрольная цифра ИИН не сходится.",
        "ЖСН бақылау цифры сәйкес келмейді.",
        "The control digit of the IIN is wrong.",
    ),
    (
        "iin_birth_date",
        "В ИИН записана невозможная дата рождения.",
        "ЖСН ішіндегі туған күн мүмкін емес.",
        "The IIN holds an impossible birth date.",
    ),
    (
        "birth_date_future",
        "Дата рождения ещё не наступила.",
        "Туған күн әлі келген жоқ.",
        "The birth date is in the future.",
    ),
    ("birth_date_too_old", "Дата рождения слишком давняя.", "Туған күн тым ерте.", "The birth date is too long ago."),
    // References.
    ("kato_format", "Код КАТО состоит из 9 цифр.", "ӘАОЖ коды 9 цифрдан тұрады.", "A KATO code has 9 digits."),
    (
        "unknown_territory",
        "Такой территории нет в справочнике.",
        "Анықтамалықта мұндай аумақ жоқ.",
        "There is no such territory.",
    ),
    ("date_past", "Дата уже прошла.", "Күн өтіп кеткен.", "The date has passed."),
    (
        "unknown_child",
        "Такого ребёнка нет в общем перечне.",
        "Ортақ тізімде мұндай бала жоқ.",
        "There is no such child in the shared index.",
    ),
    ("unknown_organisation", "Такой организации нет.", "Мұндай ұйым жоқ.", "There is no such organisation."),
    (
        "organisation_takes_no_signals",
        "Эта организация не рассматривает сигналы: её ведомство не ведёт случаи.",
        "Бұл ұйым сигналдарды қарамайды: оның ведомствосы жағдайларды жүргізбейді.",
        "This organisation takes no signals: its agency does not work on cases.",
    ),
    ("unknown_agency", "Такого ведомства нет.", "Мұндай ведомство жоқ.", "There is no such agency."),
    (
        "agency_code_format",
        "Код ведомства: от 2 до 20 знаков, заглавные латинские буквы, цифры и подчёркивание, первой буква.",
        "Ведомство коды: 2–20 таңба, бас латын әріптері, цифрлар және астын сызу белгісі, біріншісі әріп.",
        "An agency code has 2 to 20 characters: capital Latin letters, digits and underscores, a letter first.",
    ),
    (
        "username_format",
        "Имя пользователя: от {min} до {max} знаков из a–z, 0–9, точки, подчёркивания и дефиса.",
        "Пайдаланушы аты: {min}–{max} таңба, тек a–z, 0–9, нүкте, астын сызу белгісі және дефис.",
        "A username has {min} to {max} characters of a–z, 0–9, dot, underscore and hyphen.",
    ),
    (
        "number_format",
        "Номер записан не по образцу.",
        "Нөмір үлгіге сай жазылмаған.",
        "The number does not have its form.",
    ),
    (
        "number_check_character",
        "Контрольный знак номера не сходится.",
        "Нөмірдің бақылау таңбасы сәйкес келмейді.",
        "The check character of the number is wrong.",
    ),
    (
        "number_sequence",
        "Порядковый номер начинается с 1.",
        "Реттік нөмір 1-ден басталады.",
        "The sequence of a number starts at 1.",
    ),
    (
        "number_year",
        "Год в номере: от {min} до {max}.",
        "Нөмірдегі жыл: {min}–{max} аралығында.",
        "The year of the number lies between {min} and {max}.",
    ),
    // Meaning beyond one field.
    (
        "required",
        "Для такого вида факта это поле обязательно.",
        "Фактінің мұндай түрі үшін бұл өріс міндетті.",
        "This kind of fact needs the field.",
    ),
    (
        "not_allowed",
        "Для такого вида факта это поле не допускается.",
        "Фактінің мұндай түрі үшін бұл өріске жол берілмейді.",
        "This kind of fact does not take the field.",
    ),
    (
        "search_too_broad",
        "Слишком широкий поиск: нужны ИИН, не меньше {min} частей имени или имя с датой рождения.",
        "Іздеу тым кең: ЖСН, есімнің кемінде {min} бөлігі немесе туған күнімен бірге есім қажет.",
        "The search is too broad: give an IIN, at least {min} parts of a name, or a name with a birth date.",
    ),
    (
        "period_reversed",
        "Конец периода раньше его начала.",
        "Кезеңнің соңы басынан бұрын.",
        "The period ends before it begins.",
    ),
    (
        "period_too_long",
        "Период слишком длинный: не больше {max_years} лет.",
        "Кезең тым ұзақ: ең көбі {max_years} жыл.",
        "The period is too long: at most {max_years} years.",
    ),
    (
        "as_of_future",
        "Дата состояния ещё не наступила.",
        "Күйі сұралған күн әлі келген жоқ.",
        "The date as of which to count is in the future.",
    ),
    (
        "as_of_format",
        "Ожидается дата вида 2026-03-31 или время по RFC 3339, например 2026-03-31T09:00:00Z.",
        "2026-03-31 түріндегі күн немесе RFC 3339 бойынша уақыт күтіледі, мысалы 2026-03-31T09:00:00Z.",
        "A date such as 2026-03-31 or a time by RFC 3339 such as 2026-03-31T09:00:00Z is expected.",
    ),
    ("dimension_repeated", "Разрез указан дважды.", "Қима екі рет көрсетілген.", "A dimension is given twice."),
    (
        "too_many_dimensions",
        "Слишком много разрезов: не больше {max}.",
        "Қималар тым көп: ең көбі {max}.",
        "Too many dimensions: at most {max}.",
    ),
    // Times and ids.
    (
        "date_format",
        "Ожидается дата вида ГГГГ-ММ-ДД.",
        "ЖЖЖЖ-АА-КК түріндегі күн күтіледі.",
        "A date such as 2026-03-31 is expected.",
    ),
    (
        "time_format",
        "Ожидается время по RFC 3339, например 2026-03-31T09:00:00Z.",
        "RFC 3339 бойынша уақыт күтіледі, мысалы 2026-03-31T09:00:00Z.",
        "A time by RFC 3339 is expected, such as 2026-03-31T09:00:00Z.",
    ),
    ("id_format", "Ожидается UUID.", "UUID күтіледі.", "A UUID is expected."),
    (
        "id_not_v7",
        "Идентификатор должен быть UUID версии 7.",
        "Идентификатор 7-нұсқалы UUID болуы керек.",
        "The id must be a UUID of version 7.",
    ),
    // The register and its counts.
    ("date_future", "Дата ещё не наступила.", "Күн әлі келген жоқ.", "The date is in the future."),
    // Passwords.
    (
        "password_too_short",
        "Пароль слишком короткий: не меньше {min} знаков.",
        "Құпиясөз тым қысқа: кемінде {min} таңба.",
        "The password is too short: at least {min} characters.",
    ),
    (
        "password_too_long",
        "Пароль слишком длинный: не больше {max} знаков.",
        "Құпиясөз тым ұзын: ең көбі {max} таңба.",
        "The password is too long: at most {max} characters.",
    ),
    (
        "password_is_username",
        "Пароль не должен совпадать с именем пользователя.",
        "Құпиясөз пайдаланушы атымен бірдей болмауы керек.",
        "The password must not be the username.",
    ),
    (
        "password_too_common",
        "Такой пароль слишком легко угадать.",
        "Мұндай құпиясөзді табу тым оңай.",
        "This password is too easy to guess.",
    ),
    ("password_wrong", "Текущий пароль неверен.", "Қазіргі құпиясөз қате.", "The present password is wrong."),
    // Accounts.
    ("role_repeated", "Роль указана дважды.", "Рөл екі рет көрсетілген.", "The role is given twice."),
    (
        "role_not_in_agency",
        "Роль {role} не может быть дана в ведомстве {agency}.",
        "{role} рөлін {agency} ведомствосында беруге болмайды.",
        "The role {role} cannot be held in the agency {agency}.",
    ),
];
