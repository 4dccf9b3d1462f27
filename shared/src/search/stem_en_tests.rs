//! The English stemmer against an independent implementation, word by word.

use super::*;
use proptest::prelude::*;
use rust_stemmers::{Algorithm, Stemmer};

/// Words as support articles use them, with the forms people type.
const WORDS: &str = "
    account accounts accounting accountable access accesses accessed accessing accessible accessibility
    activate activated activates activating activation active actively activity activities add added adds
    address addresses addressed admin administer administration administrative administrator agree agreed
    agreement alert alerting allow allowable allowance allowed analysis analyses analytical announce
    announcement annual annually answer answered api apis app application applications apply applied applying
    approve approval approved archive archived archives argue argued article articles ask asked assign
    assigned assignee assignment attach attached attachment attachments attempt attempts authenticate
    authenticated authentication authenticity author authoritative authority authorization authorize authorized
    automate automated automatic automatically automation available availability balance balances bank banking
    base based basic basically become became begin beginning behave behavior bias bill billed billing bills
    block blocked blocking browse browser browsers browsing buy buying calculate calculated calculation
    calculator calendar call called calling calls cancel canceled cancellation cancelled cancelling cannot canning
    capability capable card cards careful carefully careless carelessly carried carries carry categories categorize
    category caused causes cautious cautiously certain certainly change changeable changed changes changing
    charge charged charges cheaper check checked checking choice choose chosen city clear cleared clearly click
    clicked close closed closely closing code coded codes collaborate collaborative collect collection comment
    commented common commonly communicate communication communism community company companies compare comparison
    compatible compatibility complete completed completely completion comply compliance condition conditional
    conditionally configure configured configuration configurations confirm confirmation connect connected
    connecting connection connections connectivity consent consist consistency consistent consistently contact
    contacted contain containing continue continued continues continuous continuously contract control controlled
    controller conversation conversion convert converted cookie cookies copied copies copy correct corrected
    correction correctly cost could counted countries country create created creates creating creation creative
    creator credential credentials credit criteria critical critically currency currencies current currently custom
    customer customers customize customization customized daily damage damaged dashboard dashboards data database
    date day days deactivate deactivation decide decision declined decrease default defaults define definition
    delay delayed delete deleted deletes deleting deletion deliver delivered delivery denied deny dependence
    dependency dependent depends deploy deployed deployment describe description detail detailed details detect
    detection determine develop developed developer development device devices differ difference different
    differently difficult difficulty digital dirty disable disabled disables disabling disagreement disappear
    discount discuss discussion display displayed dispute dispatch document documentation documented dollar domain
    domains done download downloaded downloading downtime draft due duplicate duplicated duplicates duration during
    early earring earned easier easiest easily easy edit edited editing editor effective effectively email emailed
    emails employee enable enabled enables enabling encrypt encrypted encryption end ended endpoint enforce enough
    ensure enter entered enterprise entire entirely entries entry equal error errors escalate escalation essential
    essentially event events eventually every exceed exceeded exception exceptional exchange excited excitedly
    exclude exist existed existence existing expect expected expensive experience expire expired expires expiration
    explain explanation export exported exporting extend extended extension external extra failed failing fails
    failure failures fast faster feature features feedback feed field fields file files filled filling filter
    filtered filtering final finalize finally financial find finding finished fix fixed flexible flexibility flies
    folder follow followed following forgot forgotten form formal formality format formatted formatting forms
    forward found frequently friendly full fully function functional functionality functions general generally
    generate generated generation generic gently give given giving goal good graceful gracefully grant granted
    group grouped grouping groups happen happened happening happiness happy having heard heading hello help helped
    helpful helpfulness helping helpless herring hesitate hidden hide historical history hoped hopeful hopefully
    hoping hopping host hosted hosting hour hourly hours however howe identical identify identified identification
    identity idly ignore ignored image images immediate immediately impact implement implementation import important
    importance imported importing improve improved improvement incident incidents include included including
    incorrect increase increased increasing individual individually information informative initial initialize
    initially inning input inquiries inquiry install installed installation installing instance instances instant
    instantly instruction instructions insufficient integrate integrated integration integrations integrity
    intelligent interest interface internal internally international interrupt introduce invalid invalidate
    inventory investigate investigating invitation invite invited invoice invoices involve issue issued issues item
    items joined judge keep keeping key keyboard keys kindly kindness knowledge known label labelled labels language
    languages large larger largest last lately latest launch lazily lead leading learn learning leave leaving length
    letter level liability library license licensed likely limit limitation limited limiting limits link linked
    linking list listed listing live lively load loaded loading locale localize localized location lock locked
    locking log logged logging login logical logically logo logout longer look looking loss lost lying machine made
    mail maintain maintained maintenance major majority make making manage manageable managed management manager
    managers managing manual manually map mapped mapping mark marked market marketing match matched matching matter
    maximize maximum meaning meaningful measure measured measurement meet meeting member members membership mention
    merge merged message messages messaging method metric metrics migrate migrated migration minute minutes missed
    missing mistake mobile mode modified modify modification money monitor monitored monitoring month monthly months
    moved moves moving multiple named names national nationality native natural naturally navigate navigation nearby
    nearly necessary necessarily need needed negative network networks never newest news nicely normal normally
    notice noticed notification notifications notified notify number numbers object objective obvious obviously
    occasion occasional occasionally occur occurred occurrence occurring offer offered office official often older
    ones only open opened opening operate operating operation operational operator opposite optimize option optional
    optionally options order ordered ordering orders original originally outage outages outing output overview own
    owned owner ownership package page pages paid panel parent partial partially participate participation parties
    partner party pass passed passing password passwords patience pay paying payment payments pays peaceful pending
    people percentage perfect perfectly perform performance performed period periodic permanent permanently permission
    permissions permit permitted person personal personalize personally phone physical pick place plan planned
    planning plans platform player please pleased plugin policies policy popular popularity portable position positive
    possible possibility possibly post posted posting practical practically prefer preference preferences preferred
    prefix prepare prepared present press pressed pretty prevent prevented prevention preview previous previously price
    priced pricing primary print printed printing priorities prioritize priority privacy private privately privilege
    probable probably problem problems proceed procedure process processed processes processing processor produce
    product production productive productivity products profile profiles program programmed programming progress
    project projects promise promised proper properly properties property protect protected protection provide
    provided provider providers proving public publication publicly publish published publishing purchase purchased
    purpose quality quantities quantity queries query question questions queue quick quicker quickly quoted quote
    quotas random randomly range rarely rate rated rates rating rational reach reached reaction read readable reader
    reading ready real reality realize really reason reasonable reasonably receipt receive received receiving recent
    recently recipient recognize recommend recommendation recommended reconnect record recorded recording records
    recover recovered recovery recurring redirect redirected reduce reduced reduction refer reference referred
    refresh refreshed refund refunded refunds refuse refused regional register registered registration regular
    regularly reject rejected relate related relating relation relational relationship relative relatively release
    released releases relevance relevant reliable reliability reliably remain remaining remember remembered remind
    reminder remote remotely removal remove removed removes removing rename renamed renew renewal renewed repeat
    repeated repeatedly replace replaced replacement replied replies reply report reported reporting reports
    repository represent representative request requested requests require required requirement requirements requires
    reset resetting resolution resolve resolved resolving resource resources respond responded response responses
    responsible responsibility responsive restart restarted restore restored restrict restricted restriction result
    resulting results retain retention retried retries retry retrying return returned returning returns review
    reviewed reviewing revise revision revoke revoked rights role roles rotate rotated rotation round rounded route
    routed routing rule rules running runs safe safely safety sale sales same sample saved saves saving scale scaled
    scaling scanned schedule scheduled scheduling scope screen screens script scripts scroll search searched searches
    searching second secondly secret secrets section sections secure secured securely security seeing seem select
    selected selecting selection send sender sending sensitive sensitivity separate separated separately sequence
    serious seriously server servers service services session sessions setting settings setup several severity share
    shared sharing shipped shipping shorten shorter should show showing shown sign signature signatures signed signing
    silently similar similarly simple simpler simplify simply since single singly size sized skies skipped sky slow
    slower slowly small smaller social software solution solutions solve solved solving sometimes somewhere sorted
    sorting source sources special specialist specialize specially specific specifically specified specify speed
    stable stability staff stages standard standardize start started starting starts state stated statement statements
    static statistical statistics status statuses stay stayed step steps sticky stop stopped stopping storage store
    stored stores storing stream streaming strict strictly string strong strongly structure structured subject
    submission submit submitted submitting subscribe subscribed subscriber subscribers subscription subscriptions
    succeed succeeded success successful successfully sudden suddenly sufficient suggest suggested suggestion
    suggestions summaries summary supply supported supporting supports sure survey surveys suspend suspended
    suspension suspicious switch switched switching symbol sync synced synchronize synchronization system systems
    table tables tagged tags taken takes taking target targeted targeting task tasks team teams technical technically
    technique technologies technology template templates temporarily temporary terminal terminate terms tested testing
    tests text thankful their theme then there these they things think this those though threshold through ticket
    tickets tied ties time timed timely timeout times timing title today together token tokens tooling tools topic
    topics total totally trace track tracked tracking traditional traffic trained training transaction transactions
    transfer transferred transferring transfers transform transition translate translated translation trial tried
    tries trigger triggered triggering triggers trouble troubleshoot troubleshooting true truly trusted truth try
    trying turned tying type typed types typical typically typing ugly unable unauthorized unavailable uncommon
    undefined understand understanding understood unexpected unexpectedly unfortunately unified unique uniquely units
    unknown unlimited unlock unlocked unlocking unread unsubscribe until unusual unusually update updated updates
    updating upgrade upgraded upgrades upgrading upload uploaded uploading uploads urgent urgently usable usage use
    used useful usefulness useless user user's users' users uses using usual usually utilities utility valid validate
    validated validating validation validity valuable value valued values variable variables variation variety various
    vary vendor verification verified verifies verify verifying version versions video view viewed viewer viewing
    views virtual virtually visible visibility visit visited visitor visitors volume wait waited waiting want wanted
    warned warning warnings watch watched watching webhook webhooks website websites week weekly weeks welcome went
    what whenever where whether which while widget widgets wireless wise wish within without wondering word words
    work worked worker working works workspace would write writing written wrong yearly years yes yesterday yield
    you young your yours youth";

/// Endings in the order of the steps, so that random words meet every rule.
const ENDINGS: &str = "(|s|es|ies|ied|sses|us|'s|'s'|ed|eed|ing|edly|eedly|ingly|ying|y|ational|tional|enci|anci|izer\
    |ization|ator|alism|aliti|fulness|ousness|iveness|iviti|biliti|bli|logi|li|icate|ative|alize|iciti|ical|ful|ness\
    |ance|ement|ment|ent|ism|ate|iti|ous|ive|ize|sion|tion|e|l|ll)";

fn ours(word: &str) -> String {
    let mut word = word.to_owned();
    stem(&mut word);
    word
}

/// Words that the definition has come to treat differently since the oracle was generated.
fn is_newer(word: &str) -> bool {
    let word = word.strip_prefix('\'').unwrap_or(word);
    let mut letters = word.bytes();
    let short_double = matches!((letters.next(), letters.next(), letters.next()),
        (Some(b'a' | b'e' | b'o'), Some(second), Some(third)) if second == third);
    short_double
        || ["univers", "later", "emerg", "organ"].iter().any(|start| word.starts_with(start))
        || ["past", "ogist", "ying", "evening", "ceedly"].iter().any(|part| word.contains(part))
}

#[test]
fn real_words_have_the_stems_of_the_oracle() {
    let oracle = Stemmer::create(Algorithm::English);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    assert!(words.len() > 1_000);
    for word in words.into_iter().filter(|word| !is_newer(word)) {
        assert_eq!(ours(word), oracle.stem(word), "{word}");
    }
}

/// Where the oracle is older than the definition: the stems of Snowball 3.0.
#[test]
fn rules_younger_than_the_oracle_hold() {
    for (word, stem) in [
        ("evening", "evening"),
        ("evenings", "evening"),
        ("biologist", "biolog"),
        ("geologists", "geolog"),
        ("adding", "add"),
        ("added", "add"),
        ("egged", "egg"),
        ("offing", "off"),
        ("vying", "vie"),
        ("dying", "die"),
        ("tying", "tie"),
        ("universal", "universal"),
        ("university", "universiti"),
        ("universe", "univers"),
        ("lateral", "lateral"),
        ("later", "later"),
        ("emergency", "emergenc"),
        ("emerge", "emerg"),
        ("organization", "organiz"),
        ("organic", "organic"),
        ("organize", "organiz"),
        ("pasting", "paste"),
        ("pasted", "paste"),
        ("pastes", "paste"),
        ("paste", "paste"),
        ("skis", "skis"),
        ("proceedings", "proceed"),
        ("address", "address"),
    ] {
        assert_eq!(ours(word), stem, "{word}");
    }
}

#[test]
fn short_and_foreign_words_stay_whole() {
    for word in ["", "a", "is", "'s", "настройки", "naïve"] {
        assert_eq!(ours(word), word);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_letters_have_the_stem_of_the_oracle(word in "[a-z']{1,15}") {
        prop_assume!(!is_newer(&word));
        prop_assert_eq!(ours(&word), Stemmer::create(Algorithm::English).stem(&word));
    }

    #[test]
    fn any_endings_have_the_stem_of_the_oracle(start in "[a-z']{0,5}", middle in ENDINGS, end in ENDINGS) {
        let word = format!("{start}{middle}{end}");
        prop_assume!(!is_newer(&word));
        prop_assert_eq!(ours(&word), Stemmer::create(Algorithm::English).stem(&word), "{}", word);
    }
}
