//! Rules of the domain: cases, tasks, children, the register, accounts.

use super::Row;

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "case_closed",
        "Случай закрыт: его можно только открыть снова.",
        "Жағдай жабылған: оны тек қайта ашуға болады.",
        "The case is closed: it can only be opened again.",
    ),
    (
        "case_of_other_child",
        "Случай открыт по другому ребёнку.",
        "Жағдай басқа бала бойынша ашылған.",
        "The case is about another child.",
    ),
    (
        "manager_not_eligible",
        "Ведущим может быть действующий сотрудник ведущей организации с подходящей ролью.",
        "Кейсті жетекші ұйымның тиісті рөлі бар қызметкері ғана жүргізе алады.",
        "The case manager must be an active member of the lead organisation with a fitting role.",
    ),
    (
        "no_duty_organisation",
        "На этой территории не назначена дежурная организация образования; укажите организацию.",
        "Бұл аумақта кезекші білім беру ұйымы тағайындалмаған; ұйымды көрсетіңіз.",
        "No organisation of education is on duty in this territory; name an organisation.",
    ),
    (
        "own_account_disabled",
        "Собственную учётную запись отключить нельзя.",
        "Өз есептік жазбаңызды өшіруге болмайды.",
        "You cannot disable your own account.",
    ),
    (
        "own_administrator_role",
        "Снять с себя роль администратора нельзя: это делает другой администратор.",
        "Әкімші рөлін өзіңізден алуға болмайды: оны басқа әкімші жасайды.",
        "You cannot take the administrator's role from yourself: another administrator does.",
    ),
    (
        "own_organisation_inactive",
        "Собственную организацию отключить нельзя.",
        "Өз ұйымыңызды өшіруге болмайды.",
        "You cannot deactivate your own organisation.",
    ),
    (
        "own_password_reset",
        "Свой пароль меняют через /auth/password, указав текущий.",
        "Өз құпиясөзіңізді /auth/password арқылы, қазіргісін көрсетіп өзгертіңіз.",
        "Change your own password at /auth/password, with the present one.",
    ),
    (
        "section_not_writable",
        "В этот раздел ваша роль не пишет.",
        "Бұл бөлімге сіздің рөліңіз жаза алмайды.",
        "Your role does not write in this section.",
    ),
    (
        "task_mandatory",
        "Обязательное мероприятие отменяет руководитель.",
        "Міндетті іс-шараны тек басшы алып тастай алады.",
        "A mandatory task is waived by a supervisor.",
    ),
    (
        "task_not_active",
        "План с этим мероприятием ещё не утверждён.",
        "Осы іс-шарасы бар жоспар әлі бекітілген жоқ.",
        "The plan of this task is not approved yet.",
    ),
    (
        "task_not_open",
        "Мероприятие уже выполнено или отменено.",
        "Іс-шара орындалып қойған немесе алынып тасталған.",
        "The task is already done or waived.",
    ),
    (
        "username_taken",
        "Такое имя пользователя уже занято.",
        "Мұндай пайдаланушы аты бос емес.",
        "The username is taken.",
    ),
    (
        "wrong_stage",
        "На этом этапе случая это не делается.",
        "Жағдайдың бұл кезеңінде олай жасалмайды.",
        "This is not done in the case's present stage.",
    ),
];
