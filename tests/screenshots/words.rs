//! What is on the screen and what is typed, in three languages: English and Russian as the preset speaks them, and Arabic, from
//! right to left, with a policy and articles of its own.

use buoy_tests::demo::SourceArticle;

/// What is on the screen and what is typed, in one language.
pub(crate) struct Words {
    pub(crate) locale: &'static str,
    pub(crate) agent: &'static str,
    pub(crate) incident: &'static str,
    pub(crate) incident_body: &'static str,
    pub(crate) search: &'static str,
    /// An article, as it is called in addresses.
    pub(crate) article: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) body: &'static str,
    pub(crate) email: &'static str,
    pub(crate) answer: &'static str,
    pub(crate) thanks: &'static str,
    pub(crate) solution: &'static str,
}

pub(crate) const WORDS: [Words; 3] = [
    Words {
        locale: "en",
        agent: "Vera",
        incident: "Card payments fail for some",
        incident_body: "Some banks decline every payment since 10:20. \
               We are talking to our payment provider. Lessons are not affected.",
        search: "pay",
        article: "pay-by-card",
        subject: "Charged twice for the spring course",
        body: "I paid by card this morning and my bank shows the amount twice. \
               My account says “paid” once. Could you look into it?",
        email: "anna@example.com",
        answer: "Hello! I can see both charges; the second one is only reserved and \
               will be released by your bank within three days.",
        thanks: "Thank you, that was quick!",
        solution: "The reservation is gone; your bank shows one payment now.",
    },
    Words {
        locale: "ru",
        agent: "Вера",
        incident: "Оплата картой проходит не у всех",
        incident_body: "С 10:20 часть банков отклоняет платежи. Мы уже разбираемся \
               вместе с платёжным сервисом. Уроки идут как обычно.",
        search: "опла",
        article: "pay-by-card",
        subject: "Деньги за весенний курс списали дважды",
        body: "Утром оплатила картой, банк показывает списание два раза, а в кабинете один платёж. Проверьте, пожалуйста.",
        email: "anna@example.com",
        answer: "Здравствуйте! Вижу оба платежа: второй только зарезервирован, банк вернёт его в течение трёх дней.",
        thanks: "Спасибо, очень быстро!",
        solution: "Резерв снят: теперь банк показывает один платёж.",
    },
    Words {
        locale: "ar",
        agent: "ليلى",
        incident: "الدفع بالبطاقة لا ينجح لدى بعضهم",
        incident_body: "ترفض بعض البنوك كل عملية دفع منذ الساعة 10:20. نتواصل الآن مع مزود خدمة الدفع. الدروس تسير كالمعتاد.",
        search: "الدفع",
        article: "pay-by-card",
        subject: "خُصم ثمن دورة الربيع مرتين",
        body: "دفعت بالبطاقة هذا الصباح ويُظهر البنك المبلغ مرتين، بينما يظهر في حسابي مرة واحدة. هل يمكنكم التحقق؟",
        email: "anna@example.com",
        answer: "مرحبًا! أرى العمليتين: الثانية محجوزة فقط وسيحررها البنك خلال ثلاثة أيام.",
        thanks: "شكرًا، كان ذلك سريعًا!",
        solution: "أُلغي الحجز، ويُظهر البنك الآن عملية دفع واحدة.",
    },
];

/// The policy and the articles of the Arabic pictures.
pub(crate) fn arabic() -> (String, Vec<SourceArticle>) {
    let article = |slug: &str, markdown: &str| SourceArticle {
        locale: "ar".to_owned(),
        slug: slug.to_owned(),
        markdown: markdown.to_owned(),
    };
    let articles = vec![
        article(
            "pay-by-card",
            "# الدفع بالبطاقة\n\nافتح **دوراتي** ثم اضغط *ادفع*. يصلك الإيصال بالبريد خلال دقيقة.\n\n## إذا رُفض الدفع\n\n\
             1. تأكد من أن البطاقة تسمح بالدفع عبر الإنترنت.\n2. جرّب بطاقة أخرى.\n3. اسأل البنك عن سبب الرفض.\n\n\
             > [!NOTE]\n> لا نحتفظ برقم بطاقتك، ولن نطلبه منك في رسالة.\n",
        ),
        article(
            "refund",
            "# استرداد المبلغ بعد الدفع\n\nيمكنك استرداد المبلغ كاملًا خلال أربعة عشر يومًا من الدفع. اكتب إلينا برقم الدورة وتاريخ الدفع.\n",
        ),
        article(
            "reset-password",
            "# تغيير كلمة المرور\n\nاضغط **نسيت كلمة المرور** في صفحة الدخول واتبع الرابط في البريد.\n",
        ),
        article("join-a-lesson", "# الانضمام إلى درس\n\nافتح الجدول واضغط **انضم** قبل بدء الدرس بخمس دقائق.\n"),
        article("homework", "# إرسال الواجب\n\nأرفق الملف في صفحة الدرس. يراجعه المعلم خلال يومين.\n"),
    ];
    (ARABIC_POLICY.to_owned(), articles)
}

const ARABIC_POLICY: &str = r##"
[site]
default_locale = "ar"
locales = ["ar"]
accent = "#2b59d9"
default_tier = "standard"
[[categories]]
key = "login"
label = { ar = "تسجيل الدخول" }
[[categories]]
key = "payment"
label = { ar = "الدفع" }
[[categories]]
key = "other"
label = { ar = "أمر آخر" }
[[priorities]]
key = "p2"
label = { ar = "متوسطة" }
[[tiers]]
key = "standard"
label = { ar = "طالب" }
[[components]]
key = "website"
label = { ar = "الموقع والحساب" }
[[components]]
key = "payments"
label = { ar = "المدفوعات" }
[[components]]
key = "lessons"
label = { ar = "الدروس المباشرة" }
[calendars.always]
zone = "Europe/Berlin"
always = true
[[sla]]
priority = "p2"
first_response = "4h"
calendar = "always"
[triage]
default_category = "other"
default_priority = "p2"
"##;
