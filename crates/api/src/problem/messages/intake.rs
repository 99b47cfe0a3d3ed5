//! Imports of signals, their duplicates, attachments.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    // Files of signals.
    (
        "source_format",
        "Код источника: до {max} знаков из a–z, 0–9, точки, подчёркивания и дефиса, первой буква или цифра; «single» занят.",
        "Дереккөз коды: a–z, 0–9, нүкте, астын сызу белгісі және дефистен тұратын {max} таңбаға дейін, біріншісі әріп немесе цифр; «single» бос емес.",
        "A source has at most {max} characters of a–z, 0–9, dot, underscore and hyphen, a letter or digit first; \"single\" is taken.",
    ),
    (
        "addressee_format",
        "Ожидается id организации или код ведомства, например DP.",
        "Ұйымның id немесе ведомство коды күтіледі, мысалы DP.",
        "The id of an organisation is expected, or the code of an agency such as DP.",
    ),
    (
        "nobody_on_duty",
        "На этой территории у ведомства нет дежурной организации; укажите организацию.",
        "Бұл аумақта ведомствоның кезекші ұйымы жоқ; ұйымды көрсетіңіз.",
        "The agency has no organisation on duty in this territory; name an organisation.",
    ),
    (
        "external_id_changed",
        "Запись с таким external_id уже принята, и её содержание другое; ничего не изменено.",
        "Мұндай external_id бар жазба бұрын қабылданған, ал оның мазмұны басқа; ештеңе өзгертілген жоқ.",
        "A record with this external_id was taken before, and its content differs; nothing was changed.",
    ),
    ("unknown_column", "Неизвестный столбец.", "Белгісіз баған.", "Unknown column."),
    (
        "row_length",
        "Число столбцов не такое, как в заголовке: ожидается {expected}.",
        "Бағандар саны тақырыптағыдай емес: {expected} күтіледі.",
        "The number of columns is not that of the header: {expected} expected.",
    ),
    ("not_utf8", "Текст не в кодировке UTF-8.", "Мәтін UTF-8 кодтауында емес.", "The text is not UTF-8."),
    (
        "quote_unclosed",
        "Кавычка не закрыта: конец файла не прочитан.",
        "Тырнақша жабылмаған: файлдың соңы оқылмады.",
        "A quote is not closed: the end of the file was not read.",
    ),
    (
        "malformed_line",
        "Строка не является объектом JSON.",
        "Жол JSON объектісі емес.",
        "The line is not a JSON object.",
    ),
    // Attached documents.
    (
        "file_name_format",
        "Имя файла: от 1 до {max} знаков, без управляющих знаков.",
        "Файл атауы: 1–{max} таңба, басқару таңбаларынсыз.",
        "A file name has 1 to {max} characters and no control characters.",
    ),
    (
        "file_kind_unknown",
        "Файлы такого вида не принимаются; допустимы: {allowed}.",
        "Мұндай түрдегі файлдар қабылданбайды; рұқсат етілгендері: {allowed}.",
        "Files of this kind are not taken; allowed: {allowed}.",
    ),
    (
        "file_kind_differs",
        "Содержимое файла не того вида, какой заявлен.",
        "Файлдың мазмұны мәлімделген түрге сай емес.",
        "The content of the file is not of the kind that was declared.",
    ),
    (
        "file_two_kinds",
        "В файле скрыт файл другого вида.",
        "Файлдың ішінде басқа түрдегі файл жасырылған.",
        "The file hides a file of another kind.",
    ),
    ("file_empty", "Файл пуст.", "Файл бос.", "The file is empty."),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "attachment_of_other_organisation",
        "Документ приложила другая организация: отозвать его может только она.",
        "Құжатты басқа ұйым тіркеген: оны тек сол ұйым қайтарып ала алады.",
        "Another organisation attached the document: only that one can withdraw it.",
    ),
    ("attachment_withdrawn", "Документ отозван.", "Құжат қайтарып алынған.", "The document is withdrawn."),
];
