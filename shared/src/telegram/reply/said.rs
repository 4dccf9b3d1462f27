//! The bot's fixed sentences.

macro_rules! sentences {
    ($($name:ident: $en:literal, $ru:literal;)*) => {
        /// A sentence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is its English sentence")]
        pub enum Said { $($name,)* }

        /// The sentence in a language.
        #[must_use]
        pub const fn say(said: Said, russian: bool) -> &'static str {
            match (said, russian) {
                $((Said::$name, false) => $en, (Said::$name, true) => $ru,)*
            }
        }
    };
}

sentences! {
    OpenTickets: "Open tickets", "Открытые обращения";
    MyTickets: "My tickets", "Мои обращения";
    SlaTickets: "Past or near their due time", "Просрочены или скоро срок";
    Customer: "Customer", "Клиент";
    Team: "Support", "Поддержка";
    Automation: "Automatic answer", "Автоответ";
    InternalNote: "note", "заметка";
    NoneOfYours: "You have no tickets yet. /new <text> opens one.", "У вас пока нет обращений. /new <текст> откроет новое.";
    Yours: "Your tickets", "Ваши обращения";
    ReplyHere: "Reply to this message to add to the ticket.", "Ответьте на это сообщение, чтобы дополнить обращение.";
    Operational: "All systems operational.", "Все системы работают.";
    NotFound: "There is no such ticket.", "Такого обращения нет.";
    Sent: "sent to the customer", "отправлено клиенту";
    Noted: "noted for the team", "заметка добавлена";
    Added: "added to the ticket", "добавлено в обращение";
    Assigned: "is yours", "теперь ваше";
    Snoozed: "comes back in an hour", "вернётся через час";
    Solved: "is solved", "решено";
    WhyHappened: "Why did it happen?", "Почему это случилось?";
    WhatWasDone: "Reply to this message: what was done, in one to three sentences.", "Ответьте на это сообщение: что сделано, одним–тремя предложениями.";
    WriteAnswer: "Reply to this message with your answer to the customer.", "Ответьте на это сообщение — ответ уйдёт клиенту.";
    WhichMacro: "Which macro?", "Какой шаблон?";
    NoMacros: "There are no macros.", "Шаблонов нет.";
    NoMacroFits: "No macro can go as it is: each has a gap that this ticket does not fill.",
        "Ни один шаблон не подходит: в каждом есть пропуск, который обращение не заполняет.";
    MacroLacks: "the macro was not sent; it lacks", "шаблон не отправлен, не хватает";
    CustomersName: "the customer's name", "имя клиента";
    CustomersEmail: "the customer's mail address", "почта клиента";
    DueTime: "a due time that is still to come", "срок, который ещё не прошёл";
    Declared: "Incident declared", "Инцидент объявлен";
    Updated: "Incident updated", "Инцидент обновлён";
    Resolved: "Incident resolved", "Инцидент решён";
    Rejected: "The draft is put away.", "Черновик отклонён.";
    NoIncident: "No such incident is open.", "Такого открытого инцидента нет.";
    WhichIncident: "Several incidents are open. Which one?", "Открыто несколько инцидентов. Какой?";
    Acknowledged: "You have it.", "Вы приняли вызов.";
    AlreadyTaken: "Somebody has it already.", "Вызов уже принят.";
    NobodyOnCall: "Nobody is on call.", "Дежурного нет.";
    Form: "Write it like this", "Напишите так";
    Linked: "Welcome. This chat is linked to your account.", "Добро пожаловать. Чат связан с вашей учётной записью.";
    Access: "You have access. Commands: /tickets /my /view_<id> /reply <id> <text> /note <id> <text> /stats /sla /status /incident <title> /update [identified|monitoring] <text> /resolve <text> /oncall",
        "Доступ есть. Команды: /tickets /my /view_<id> /reply <id> <текст> /note <id> <текст> /stats /sla /status /incident <заголовок> /update [identified|monitoring] <текст> /resolve <текст> /oncall";
    WrongCode: "This code is not valid. Codes work once and for 15 minutes.", "Код не подходит. Коды одноразовые и живут 15 минут.";
    Menu: "Hello! Tell us what happened, or look at your tickets.", "Здравствуйте! Расскажите, что случилось, или посмотрите свои обращения.";
    OpenOne: "Open a ticket", "Открыть обращение";
    ShowMine: "My tickets", "Мои обращения";
    DescribeIt: "Describe the problem in one message.", "Опишите проблему одним сообщением.";
    Created: "We have it and will answer here.", "Приняли, ответим здесь.";
    AnswerBy: "You will hear from us by", "Первый ответ до";
    PrivateOnly: "Write to me in a private chat.", "Напишите мне в личном чате.";
    NoStrangers: "Please write to support from inside the product.", "Пожалуйста, напишите в поддержку из самого продукта.";
    WhichOfYours: "Which ticket is it about?", "К какому обращению это относится?";
    OrNew: "If it is about something else: /new <text>.", "Если это о другом: /new <текст>.";
    WordsGone: "That message is gone. Please write it once more.", "Того сообщения уже нет. Напишите его ещё раз, пожалуйста.";
    Arrived: "That message is in a ticket already.", "То сообщение уже в обращении.";
    NoFiles: "Files and pictures do not arrive here, only words do. Please say in words what they show.",
        "Файлы и картинки сюда не доходят, только слова. Опишите словами, что в них.";
    Busy: "That is too much at once. Please try again in a minute.", "Слишком много сразу. Попробуйте через минуту.";
    Failed: "That did not work. Please try again.", "Не получилось. Попробуйте ещё раз.";
    Closed: "This ticket is closed. /new <text> opens another one.", "Обращение закрыто. Новое откроет /new <текст>.";
    OtherTeam: "This chat is not one of your site's destinations.", "Этот чат не привязан к вашему сайту.";
    WhichTicket: "That went to nobody: the message you replied to is about no one ticket. Write /reply <id> <text>.",
        "Это никому не ушло: то сообщение не об одном обращении. Напишите /reply <id> <текст>.";
    NotAllowed: "Your role does not allow this.", "Ваша роль этого не позволяет.";
}
