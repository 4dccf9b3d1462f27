//! A way to the edge as from a train: connections are refused, delayed, cut in the middle of a request or of its answer, and
//! reset. What becomes of each is drawn from a seed, which is printed, so that a failure can be looked at again; when
//! connections come is the browser's choice, so a seed repeats the draws and not the whole journey.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The variable that names a seed of an earlier run.
pub const VARIABLE: &str = "BUOY_SEED";

/// Bytes that a cut connection carries at most, both ways together: enough for a request, its answer, or half of them.
const BYTES_BEFORE_CUT: u64 = 4_000;

/// The longest that one piece of data is held back, in milliseconds.
const DELAY_MS: u64 = 150;

/// Any connection in the tunnel ends when nothing has come for so long.
const STANDS_STILL: Duration = Duration::from_secs(2);

/// What has become of connections so far.
#[derive(Debug, Default)]
pub struct Fates {
    /// Closed as soon as they came.
    pub refused: AtomicU32,
    /// Carried some bytes, then closed.
    pub cut: AtomicU32,
    /// Carried some bytes, then reset.
    pub reset: AtomicU32,
    /// Carried everything, late, until it stood still.
    pub delayed: AtomicU32,
}

/// A forwarder of connections that is calm until it is made rough. It ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct Tunnel {
    port: u16,
    is_rough: Arc<watch::Sender<bool>>,
    fates: Arc<Fates>,
}

/// What becomes of one connection.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Refused,
    /// Ends after so many bytes, by a reset or in order.
    Ends {
        after: u64,
        by_reset: bool,
    },
    Delayed,
}

impl Tunnel {
    /// A tunnel to a port on loopback.
    ///
    /// # Panics
    /// When there is no free port, or [`VARIABLE`] is no number.
    pub async fn to(target: u16) -> Self {
        let seed = std::env::var(VARIABLE).map_or_else(
            |_unset| getrandom::u64().expect("the system gives random bytes"),
            |text| text.parse().expect("a seed is a number"),
        );
        eprintln!("the tunnel's seed: {VARIABLE}={seed}");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("the port is known").port();
        let (is_rough, fates) = (Arc::new(watch::Sender::new(false)), Arc::<Fates>::default());
        let tunnel = Self { port, is_rough, fates };
        tokio::spawn(tunnel.clone().carry(listener, target, Dice::new(seed)));
        tunnel
    }

    /// The address of its near end, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on connections suffer, those that stand too; or they no longer do.
    pub fn be_rough(&self, is_rough: bool) {
        self.is_rough.send_replace(is_rough);
    }

    /// What has become of connections so far.
    #[must_use]
    pub fn fates(&self) -> &Fates {
        &self.fates
    }

    async fn carry(self, listener: TcpListener, target: u16, dice: Dice) {
        let dice = Arc::new(dice);
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(self.clone().connect(near, target, Arc::clone(&dice)));
        }
    }

    /// One connection; what stands when it becomes rough has its fate drawn then.
    async fn connect(self, mut near: TcpStream, target: u16, dice: Arc<Dice>) {
        let mut is_rough = self.is_rough.subscribe();
        if !*is_rough.borrow() {
            let Ok(mut far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
            tokio::select! {
                _ended = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                _rough = is_rough.wait_for(|is_rough| *is_rough) => {}
            }
            return;
        }
        let fate = dice.fate();
        let counter = match fate {
            Fate::Refused => &self.fates.refused,
            Fate::Ends { by_reset: true, .. } => &self.fates.reset,
            Fate::Ends { by_reset: false, .. } => &self.fates.cut,
            Fate::Delayed => &self.fates.delayed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if matches!(fate, Fate::Refused) {
            return;
        }
        let Ok(mut far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
        let left = AtomicU64::new(if let Fate::Ends { after, .. } = fate { after } else { u64::MAX });
        let (mut near_reads, mut near_writes) = near.split();
        let (mut far_reads, mut far_writes) = far.split();
        let moves = AtomicBool::new(true);
        tokio::select! {
            () = pass(&mut near_reads, &mut far_writes, &left, &dice, &moves) => {}
            () = pass(&mut far_reads, &mut near_writes, &left, &dice, &moves) => {}
            () = stands_still(&moves) => {}
        }
        if let Fate::Ends { by_reset: true, .. } = fate {
            let _gone_already = (near.set_zero_linger(), far.set_zero_linger());
        }
    }
}

/// Ends once nothing has come for a while: who was lucky once is not lucky for the whole tunnel.
async fn stands_still(moves: &AtomicBool) {
    while moves.swap(false, Ordering::Relaxed) {
        tokio::time::sleep(STANDS_STILL).await;
    }
}

/// Carries bytes one way, each piece late, until there are no more or the connection may carry no more.
async fn pass(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    left: &AtomicU64,
    dice: &Dice,
    moves: &AtomicBool,
) {
    let mut piece = [0; 1_024];
    while let Ok(count @ 1..) = from.read(&mut piece).await {
        moves.store(true, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(dice.below(DELAY_MS))).await;
        let may = left.load(Ordering::Relaxed).min(count as u64);
        left.fetch_sub(may, Ordering::Relaxed);
        let carried = usize::try_from(may).unwrap_or(count);
        if to.write_all(piece.get(..carried).unwrap_or_default()).await.is_err() || carried < count {
            return;
        }
    }
}

/// Steele's `SplitMix64`: numbers that look like chance and follow from a seed.
#[derive(Debug)]
struct Dice(AtomicU64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn throw(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&self, bound: u64) -> u64 {
        self.throw() % bound
    }

    /// Two of seven are not cut.
    fn fate(&self) -> Fate {
        match self.below(7) {
            0 => Fate::Refused,
            face @ 1..=4 => Fate::Ends { after: self.below(BYTES_BEFORE_CUT), by_reset: face % 2 == 0 },
            _ => Fate::Delayed,
        }
    }
}
