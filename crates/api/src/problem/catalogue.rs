//! Every kind of problem the API answers with: its stable code, its status, its words.
//!
//! The table is longer than our usual file because each row carries three languages; it holds no logic.

use actix_web::http::StatusCode;

use crate::request::Language;

/// Words of one entry in the languages of the API.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Russian, the default language.
    pub ru: &'static str,
    /// Kazakh.
    pub kk: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// The words in one language.
    pub fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::Ru => self.ru,
            Language::Kk => self.kk,
            Language::En => self.en,
        }
    }
}

/// Writes [`ProblemCode`] and its table from one list, so that no code can lack a status or a language.
macro_rules! problem_codes {
    ($( $(#[$doc:meta])* $variant:ident = $code:literal, $status:ident,
        ru: $ru_title:literal, $ru_detail:literal;
        kk: $kk_title:literal, $kk_detail:literal;
        en: $en_title:literal, $en_detail:literal; )*) => {
        /// A kind of problem. The code is stable and never translated; clients decide by it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemCode { $( $(#[$doc])* $variant, )* }

        impl ProblemCode {
            /// All kinds, in the order of the documentation.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// The stable code, as it stands in `code` and at the end of `type`.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $code, )* }
            }

            /// The HTTP status the problem is answered with.
            pub const fn status(self) -> StatusCode {
                match self { $( Self::$variant => StatusCode::$status, )* }
            }

            /// A few words that name the kind of problem.
            pub const fn title(self) -> Words {
                match self { $( Self::$variant => Words { ru: $ru_title, kk: $kk_title, en: $en_title }, )* }
            }

            /// A sentence that says what happened and what to do about it.
            pub const fn detail(self) -> Words {
                match self { $( Self::$variant => Words { ru: $ru_detail, kk: $kk_detail, en: $en_detail }, )* }
            }
        }
    };
}

problem_codes! {
    /// The request cannot be understood as HTTP or by its address.
    BadRequest = "bad_request", BAD_REQUEST,
    ru: "Неверный запрос", "Сервер не смог разобрать запрос.";
    kk: "Қате сұрау", "Сервер сұрауды түсіне алмады.";
    en: "Bad request", "The server could not understand the request.";

    /// The body is not JSON; members `line` and `column` say where.
    MalformedJson = "malformed_json", BAD_REQUEST,
    ru: "Тело запроса не разобрано", "Тело запроса не является правильным JSON.";
    kk: "Сұрау денесі оқылмады", "Сұрау денесі дұрыс JSON емес.";
    en: "Malformed JSON", "The request body is not valid JSON.";

    /// Query parameters that are unknown, repeated or wrong; `errors` names each.
    InvalidQuery = "invalid_query", BAD_REQUEST,
    ru: "Неверные параметры запроса", "Один или несколько параметров запроса неизвестны или неверны; все они перечислены в errors.";
    kk: "Сұрау параметрлері қате", "Сұраудың бір немесе бірнеше параметрі белгісіз не қате; олардың барлығы errors тізімінде көрсетілген.";
    en: "Invalid query parameters", "One or more query parameters are unknown or wrong; errors lists all of them.";

    /// A header whose value breaks its rules; `errors` names it.
    InvalidHeader = "invalid_header", BAD_REQUEST,
    ru: "Неверный заголовок запроса", "Значение заголовка, названного в errors, не соответствует правилам.";
    kk: "Сұрау тақырыптамасы қате", "errors тізімінде аталған тақырыптаманың мәні ережеге сай емес.";
    en: "Invalid header", "The value of the header named in errors breaks its rules.";

    /// No token, or one that this server did not issue or no longer accepts.
    Unauthenticated = "unauthenticated", UNAUTHORIZED,
    ru: "Требуется вход", "Войдите в систему и пришлите действующий токен доступа.";
    kk: "Жүйеге кіру қажет", "Жүйеге кіріп, жарамды қолжетімділік токенін жіберіңіз.";
    en: "Authentication required", "Log in and send a valid access token.";

    /// The access token was good but is past its time: refresh it.
    TokenExpired = "token_expired", UNAUTHORIZED,
    ru: "Срок действия токена истёк", "Срок действия токена доступа истёк; получите новый по токену обновления.";
    kk: "Токеннің мерзімі өтті", "Қолжетімділік токенінің мерзімі өтті; жаңарту токені арқылы жаңасын алыңыз.";
    en: "Token expired", "The access token has expired; get a new one with the refresh token.";

    /// Wrong username, password or second factor; which of them is not said.
    InvalidCredentials = "invalid_credentials", UNAUTHORIZED,
    ru: "Неверные данные для входа", "Имя пользователя, пароль или одноразовый код неверны.";
    kk: "Кіру деректері қате", "Пайдаланушы аты, құпиясөз немесе бір реттік код қате.";
    en: "Invalid credentials", "The username, the password or the one-time code is wrong.";

    /// The refresh token is unknown or past its time.
    InvalidRefreshToken = "invalid_refresh_token", UNAUTHORIZED,
    ru: "Токен обновления недействителен", "Токен обновления неизвестен или просрочен; войдите снова.";
    kk: "Жаңарту токені жарамсыз", "Жаңарту токені белгісіз немесе мерзімі өткен; жүйеге қайта кіріңіз.";
    en: "Invalid refresh token", "The refresh token is unknown or has expired; log in again.";

    /// A refresh token came twice: the whole family of sessions is revoked.
    RefreshTokenReused = "refresh_token_reused", UNAUTHORIZED,
    ru: "Токен обновления уже использован", "Токен обновления пришёл повторно, поэтому сеанс отозван; войдите снова.";
    kk: "Жаңарту токені бұрын қолданылған", "Жаңарту токені қайталап келді, сондықтан сеанс тоқтатылды; жүйеге қайта кіріңіз.";
    en: "Refresh token reused", "The refresh token came a second time, so the session is revoked; log in again.";

    /// The session was ended by logout, by an administrator or by the system.
    SessionEnded = "session_ended", UNAUTHORIZED,
    ru: "Сеанс завершён", "Сеанс завершён или отозван; войдите снова.";
    kk: "Сеанс аяқталды", "Сеанс аяқталған немесе тоқтатылған; жүйеге қайта кіріңіз.";
    en: "Session ended", "The session has ended or was revoked; log in again.";

    /// The account may not be used any more.
    AccountDisabled = "account_disabled", UNAUTHORIZED,
    ru: "Учётная запись отключена", "Учётная запись отключена; обратитесь к администратору.";
    kk: "Есептік жазба өшірілген", "Есептік жазба өшірілген; әкімшіге хабарласыңыз.";
    en: "Account disabled", "The account is disabled; ask an administrator.";

    /// The caller may see the resource but not do this with it.
    Forbidden = "forbidden", FORBIDDEN,
    ru: "Действие запрещено", "У вас нет права на это действие.";
    kk: "Әрекетке тыйым салынған", "Бұл әрекетке құқығыңыз жоқ.";
    en: "Forbidden", "You have no right to do this.";

    /// There is nothing here, or nothing that the caller may know of.
    NotFound = "not_found", NOT_FOUND,
    ru: "Не найдено", "Такого ресурса нет, или он вам недоступен.";
    kk: "Табылмады", "Мұндай ресурс жоқ немесе ол сізге қолжетімсіз.";
    en: "Not found", "There is no such resource, or it is not open to you.";

    /// The address exists, the method does not; `Allow` lists those that do.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED,
    ru: "Метод не поддерживается", "Этот адрес не принимает такой метод; допустимые методы перечислены в заголовке Allow.";
    kk: "Әдіске қолдау көрсетілмейді", "Бұл мекенжай мұндай әдісті қабылдамайды; рұқсат етілген әдістер Allow тақырыптамасында көрсетілген.";
    en: "Method not allowed", "This address does not take this method; the Allow header lists those it takes.";

    /// No form of this resource is among those that `Accept` takes.
    NotAcceptable = "not_acceptable", NOT_ACCEPTABLE,
    ru: "Формат не поддерживается", "Ни один из форматов этого ресурса не допускается заголовком Accept.";
    kk: "Пішімге қолдау көрсетілмейді", "Бұл ресурстың бірде-бір пішімі Accept тақырыптамасына сай келмейді.";
    en: "Not acceptable", "None of the forms of this resource is allowed by the Accept header.";

    /// The body did not arrive in time.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT,
    ru: "Время ожидания истекло", "Тело запроса не пришло вовремя; повторите запрос.";
    kk: "Күту уақыты өтті", "Сұрау денесі уақытында келмеді; сұрауды қайталаңыз.";
    en: "Request timeout", "The request body did not arrive in time; send the request again.";

    /// A step of a lifecycle that is not open now; `missing` lists what it waits for.
    TransitionRefused = "transition_refused", CONFLICT,
    ru: "Переход невозможен", "Сейчас это действие невозможно.";
    kk: "Ауысу мүмкін емес", "Бұл әрекет қазір мүмкін емес.";
    en: "Transition refused", "This action is not possible now.";

    /// A rule of the domain stands against the request; `reason` names the rule.
    DomainRule = "domain_rule", CONFLICT,
    ru: "Правило не позволяет", "Запрос противоречит правилу или нынешнему состоянию.";
    kk: "Ереже рұқсат етпейді", "Сұрау ережеге немесе ағымдағы күйге қайшы келеді.";
    en: "Rule refused", "The request goes against a rule or the present state.";

    /// The first request with this `Idempotency-Key` is still running.
    IdempotencyInProgress = "idempotency_in_progress", CONFLICT,
    ru: "Запрос ещё выполняется", "Запрос с этим Idempotency-Key ещё выполняется; повторите позже.";
    kk: "Сұрау әлі орындалуда", "Осы Idempotency-Key бар сұрау әлі орындалуда; кейінірек қайталаңыз.";
    en: "Request in progress", "A request with this Idempotency-Key is still running; try again later.";

    /// Children alike to the new one exist; `candidates` lists them.
    PossibleDuplicates = "possible_duplicates", CONFLICT,
    ru: "Ребёнок, возможно, уже учтён", "Найдены похожие записи; выберите одну из candidates или подтвердите новую полем confirm_new.";
    kk: "Бала бұрын тіркелген болуы мүмкін", "Ұқсас жазбалар табылды; candidates ішінен бірін таңдаңыз немесе жаңасын confirm_new өрісімен растаңыз.";
    en: "Possible duplicates", "Similar records were found; choose one of candidates, or confirm a new one with confirm_new.";

    /// Another record holds this individual identification number.
    IinTaken = "iin_taken", CONFLICT,
    ru: "ИИН уже учтён", "Запись с таким ИИН уже есть.";
    kk: "ЖСН бұрын тіркелген", "Мұндай ЖСН бар жазба бұрыннан бар.";
    en: "IIN already registered", "A record with this IIN already exists.";

    /// The id chosen by the client belongs to a resource with other content.
    IdTaken = "id_taken", CONFLICT,
    ru: "Идентификатор занят", "Ресурс с таким id уже есть, и его содержание другое.";
    kk: "Идентификатор бос емес", "Мұндай id бар ресурс бұрыннан бар, ал оның мазмұны басқа.";
    en: "Id already taken", "A resource with this id exists, and its content differs.";

    /// The organisation works on this case already.
    AlreadyParticipant = "already_participant", CONFLICT,
    ru: "Организация уже участвует", "Эта организация уже участвует в кейсе.";
    kk: "Ұйым бұрыннан қатысушы", "Бұл ұйым кейске бұрыннан қатысады.";
    en: "Already a participant", "This organisation already works on the case.";

    /// The service asks for a consent of the family, and none stands.
    ConsentMissing = "consent_missing", CONFLICT,
    ru: "Нет согласия", "Для этой услуги нужно действующее согласие семьи; запишите его и повторите запрос.";
    kk: "Келісім жоқ", "Бұл қызмет үшін отбасының қолданыстағы келісімі қажет; оны жазып, сұрауды қайталаңыз.";
    en: "Consent missing", "This service needs a consent of the family that stands; record it and send the request again.";

    /// The service takes no more in that period.
    NoCapacity = "no_capacity", CONFLICT,
    ru: "Мест нет", "На это время у услуги не осталось мест; выберите другое время или другую услугу.";
    kk: "Орын жоқ", "Бұл уақытта қызметте бос орын қалмаған; басқа уақытты немесе басқа қызметті таңдаңыз.";
    en: "No capacity", "The service has no place left in that period; choose another time or another service.";

    /// By the birth date the person is 18 or older.
    NotAChild = "not_a_child", CONFLICT,
    ru: "Человеку уже есть 18 лет", "По дате рождения человеку уже исполнилось 18 лет.";
    kk: "Адам 18 жасқа толған", "Туған күніне қарағанда, адам 18 жасқа толған.";
    en: "Not a child", "By the birth date the person is 18 or older.";

    /// The signal was accepted, linked or dismissed before.
    SignalAlreadyDecided = "signal_already_decided", CONFLICT,
    ru: "Решение уже принято", "По этому сигналу решение уже принято.";
    kk: "Шешім бұрын қабылданған", "Бұл сигнал бойынша шешім бұрын қабылданған.";
    en: "Signal already decided", "A decision on this signal has already been made.";

    /// `If-Match` names an older version; `current_version` tells the present one.
    StaleVersion = "stale_version", PRECONDITION_FAILED,
    ru: "Версия устарела", "Ресурс изменён после того, как вы его прочли; прочтите его снова.";
    kk: "Нұсқа ескірген", "Ресурс сіз оқығаннан кейін өзгертілген; оны қайта оқыңыз.";
    en: "Stale version", "The resource has changed since you read it; read it again.";

    /// The place in the change feed is not kept any more, or was given for another reach; `reason` says which.
    CursorExpired = "cursor_expired", GONE,
    ru: "Метка изменений устарела", "Продолжить ленту изменений с этого места нельзя; выполните полную синхронизацию.";
    kk: "Өзгерістер белгісі ескірген", "Өзгерістер лентасын осы жерден жалғастыру мүмкін емес; толық синхрондауды орындаңыз.";
    en: "Cursor expired", "The change feed cannot go on from this place; do a full synchronisation.";

    /// The body is over the limit; `limit_bytes` tells it.
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE,
    ru: "Тело запроса слишком большое", "Тело запроса больше допустимого размера.";
    kk: "Сұрау денесі тым үлкен", "Сұрау денесі рұқсат етілген көлемнен асады.";
    en: "Payload too large", "The request body is over the limit.";

    /// The content type or encoding of the body is not taken here.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE,
    ru: "Тип содержимого не поддерживается", "Этот адрес не принимает такой Content-Type или Content-Encoding; обычно нужен application/json без сжатия.";
    kk: "Мазмұн түріне қолдау көрсетілмейді", "Бұл мекенжай мұндай Content-Type немесе Content-Encoding қабылдамайды; әдетте сығымдалмаған application/json қажет.";
    en: "Unsupported media type", "This address does not take this Content-Type or Content-Encoding; usually it takes uncompressed application/json.";

    /// Fields of the body are wrong; `errors` names every one of them.
    ValidationFailed = "validation_failed", UNPROCESSABLE_ENTITY,
    ru: "Данные не прошли проверку", "Одно или несколько полей неверны; все они перечислены в errors.";
    kk: "Деректер тексеруден өтпеді", "Бір немесе бірнеше өріс қате; олардың барлығы errors тізімінде көрсетілген.";
    en: "Validation failed", "One or more fields are wrong; errors lists all of them.";

    /// The `Idempotency-Key` was used with another request.
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY,
    ru: "Ключ уже использован", "Этот Idempotency-Key уже использован для другого запроса.";
    kk: "Кілт бұрын қолданылған", "Бұл Idempotency-Key басқа сұрау үшін қолданылған.";
    en: "Idempotency key reused", "This Idempotency-Key was used for another request.";

    /// A change came without `If-Match`.
    PreconditionRequired = "precondition_required", PRECONDITION_REQUIRED,
    ru: "Нужен заголовок If-Match", "Для изменения пришлите заголовок If-Match с ETag прочитанного ресурса.";
    kk: "If-Match тақырыптамасы қажет", "Өзгерту үшін оқылған ресурстың ETag мәні бар If-Match тақырыптамасын жіберіңіз.";
    en: "If-Match required", "To change a resource, send If-Match with the ETag that you read.";

    /// The caller sends requests faster than its quota.
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS,
    ru: "Слишком много запросов", "Повторите запрос через время, указанное в заголовке Retry-After (в секундах).";
    kk: "Сұраулар тым көп", "Сұрауды Retry-After тақырыптамасында көрсетілген уақыттан (секунд) кейін қайталаңыз.";
    en: "Too many requests", "Try again after the seconds given in the Retry-After header.";

    /// The server failed; nothing of the request was kept.
    Internal = "internal", INTERNAL_SERVER_ERROR,
    ru: "Внутренняя ошибка", "Запрос не выполнен из-за ошибки сервера; сообщите администратору request_id.";
    kk: "Ішкі қате", "Сервердегі қатеге байланысты сұрау орындалмады; әкімшіге request_id мәнін хабарлаңыз.";
    en: "Internal error", "The request failed because of an error of the server; tell an administrator the request_id.";

    /// The server cannot work now, but will again: try later.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE,
    ru: "Сервис временно недоступен", "Повторите запрос через время, указанное в заголовке Retry-After (в секундах).";
    kk: "Қызмет уақытша қолжетімсіз", "Сұрауды Retry-After тақырыптамасында көрсетілген уақыттан (секунд) кейін қайталаңыз.";
    en: "Temporarily unavailable", "Try again after the seconds given in the Retry-After header.";
}

impl ProblemCode {
    /// The kind with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == code)
    }

    /// The kind that stands for a bare status, for answers that others than our handlers made.
    pub fn for_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::NOT_ACCEPTABLE => Self::NotAcceptable,
            StatusCode::REQUEST_TIMEOUT => Self::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_server_error() => Self::Internal,
            _ => Self::BadRequest,
        }
    }
}
