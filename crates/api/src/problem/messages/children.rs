//! Records of one child: merging and separating them.

use super::Row;

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "child_merge_itself",
        "Запись не объединяют с самой собой.",
        "Жазба өзімен біріктірілмейді.",
        "A record is not merged into itself.",
    ),
    (
        "child_merged",
        "Эта запись объединена с другой; работайте с той, что указана в merged_into.",
        "Бұл жазба басқасымен біріктірілген; merged_into ішінде көрсетілген жазбамен жұмыс істеңіз.",
        "This record was merged into another one; work with the one in merged_into.",
    ),
    (
        "child_merge_into_merged",
        "Запись, с которой объединяют, сама объединена с другой; укажите ту.",
        "Біріктірілетін жазбаның өзі басқасымен біріктірілген; соны көрсетіңіз.",
        "The record to merge into was merged itself; name the one it went into.",
    ),
    (
        "child_iins_differ",
        "В записях разные ИИН: это два человека. Если номер ошибочен, сначала исправьте его.",
        "Жазбаларда ЖСН әртүрлі: бұл екі адам. Нөмір қате болса, алдымен оны түзетіңіз.",
        "The records hold different IINs: these are two people. If a number is wrong, correct it first.",
    ),
    (
        "child_placements_overlap",
        "Периоды внутришкольного учёта в двух записях пересекаются; сначала исправьте или отмените один из них.",
        "Екі жазбадағы мектепішілік есеп кезеңдері қабаттасады; алдымен біреуін түзетіңіз немесе жойыңыз.",
        "Placements on in-school registers overlap between the records; correct or annul one of them first.",
    ),
    (
        "child_not_merged",
        "Запись не объединена ни с какой другой.",
        "Жазба ешқандай басқасымен біріктірілмеген.",
        "The record is not merged into another one.",
    ),
    (
        "child_cases_merged",
        "Случаи этих записей объединены, а это необратимо: разделить записи нельзя.",
        "Бұл жазбалардың жағдайлары біріктірілген, ал ол қайтарылмайды: жазбаларды бөлуге болмайды.",
        "Cases of these records were merged, which is final: the records cannot be separated.",
    ),
];
