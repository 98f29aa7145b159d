//! The operator as a process of its own, and what it says and takes.

use std::{collections::BTreeMap, fs, time::Duration};

use stockbot_harness::{Process, eventually, free_port};

use crate::{PATIENCE, cluster};

/// How long nothing may be asked for to be called quiet: longer than any wait of the operator for what it knows will come.
const QUIET: Duration = Duration::from_secs(7);
/// Length of the kernel's tick in which processor time is told.
const TICK: Duration = Duration::from_millis(10);

/// A running operator.
pub struct Operator {
    process: Process,
    port: u16,
}

/// How many requests it made, by verb and resource.
pub struct Requests(BTreeMap<(String, String), u64>);

impl Operator {
    /// Starts it for a namespace.
    pub fn start(namespace: &str) -> Self {
        let program = env!("CARGO_BIN_EXE_stockbot-operator");
        let (port, kubeconfig) = (free_port(), cluster::kubeconfig());
        let listen = format!("127.0.0.1:{port}");
        let args = [
            "run",
            "--watch-namespaces",
            namespace,
            "--leader-election-namespace",
            namespace,
            "--listen",
            &listen,
        ];
        let process = Process::spawn(program, args, &[("KUBECONFIG", &kubeconfig)]).unwrap();
        Self { process, port }
    }

    async fn metrics(&self) -> Option<String> {
        let answer = reqwest::get(format!("http://127.0.0.1:{}/metrics", self.port)).await.ok()?;
        answer.text().await.ok()
    }

    /// The lines of a metric: its labels and its value.
    async fn series(&self, name: &str) -> Vec<(String, u64)> {
        let text = self.metrics().await.unwrap_or_default();
        let prefix = format!("stockbot_operator_{name}");
        let lines = text.lines().filter_map(|line| line.strip_prefix(&prefix)?.rsplit_once(' '));
        lines.filter_map(|(labels, value)| Some((labels.to_owned(), value.parse().ok()?))).collect()
    }

    /// Waits until it leads.
    pub async fn leads(&self) {
        eventually(PATIENCE, "the operator leads", || async {
            let leads = self.series("leader").await.iter().any(|(_, value)| *value == 1);
            if leads { Ok(()) } else { Err(self.process.output()) }
        })
        .await;
    }

    /// Waits until it has reconciled so many bots.
    pub async fn reconciled(&self, bots: usize) {
        eventually(PATIENCE, "every bot is looked at", || async {
            let runs = self.series("reconcile_runs_total").await;
            let of_bots =
                runs.iter().find(|(labels, _)| labels.contains("DiscordBot")).map_or(0, |one| one.1);
            if of_bots >= bots as u64 { Ok(()) } else { Err(of_bots) }
        })
        .await;
    }

    /// The requests so far.
    pub async fn requests(&self) -> Requests {
        let mut all = BTreeMap::new();
        for (labels, count) in self.series("api_requests_total").await {
            let label = |name: &str| {
                let (_, rest) = labels.split_once(&format!("{name}=\""))?;
                rest.split_once('"').map(|(value, _)| value.to_owned())
            };
            let (Some(verb), Some(resource)) = (label("verb"), label("resource")) else { continue };
            *all.entry((verb, resource)).or_default() += count;
        }
        Requests(all)
    }

    /// Waits until nothing is asked for any more.
    pub async fn quiet(&self) {
        eventually(PATIENCE, "nothing is left to do", || async {
            let before = self.requests().await.acts();
            tokio::time::sleep(QUIET).await;
            let after = self.requests().await.acts();
            if before == after { Ok(()) } else { Err((before, after)) }
        })
        .await;
    }

    /// Memory of its own that is in use.
    pub fn resident_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// Processor time it has used.
    pub fn processor(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u32>().unwrap());
        TICK * ticks.sum::<u32>()
    }

    /// Tells it to stop.
    pub async fn stop(mut self) {
        self.process.signal("TERM").unwrap();
        self.process.wait_exit(Duration::from_secs(30)).await.unwrap();
    }
}

impl Requests {
    /// Those since an earlier look.
    pub fn since(&self, before: &Self) -> Self {
        let more = self
            .0
            .iter()
            .map(|(call, count)| (call.clone(), count - before.0.get(call).copied().unwrap_or_default()));
        Self(more.filter(|(_, count)| *count > 0).collect())
    }

    /// All but watches and the leader's Lease.
    pub fn acts(&self) -> u64 {
        self.sum(|verb| verb != "watch")
    }

    /// Those that write.
    pub fn writes(&self) -> u64 {
        self.sum(|verb| !matches!(verb, "watch" | "list" | "get"))
    }

    fn sum(&self, wanted: impl Fn(&str) -> bool) -> u64 {
        let counted = self.0.iter().filter(|((verb, resource), _)| resource != "leases" && wanted(verb));
        counted.map(|(_, count)| count).sum()
    }

    /// By verb and resource, the most frequent first.
    pub fn table(&self) -> String {
        let mut rows: Vec<_> = self.0.iter().collect();
        rows.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let row = |((verb, resource), count): &(&(String, String), &u64)| {
            format!("    {count:>7} {verb} {resource}")
        };
        rows.iter().map(row).collect::<Vec<_>>().join("\n")
    }
}
