//! An operator whose requests go through the fault proxy.

use std::fs;

use k8s_openapi::api::coordination::v1::Lease;
use kube::api::DeleteParams;
use stockbot_fault_proxy::{FaultProxy, Plan};
use tempfile::NamedTempFile;

use crate::{operator::Operator, world::World};

/// The operator and its proxy.
pub struct BehindProxy {
    /// What stands between the operator and the API server.
    pub proxy: FaultProxy,
    /// The operator.
    pub operator: Operator,
    kubeconfig: NamedTempFile,
    more: &'static [&'static str],
}

impl BehindProxy {
    /// Starts both; that is planned from the first request on.
    pub async fn start(world: &World, plan: Plan, more: &'static [&'static str]) -> Self {
        let proxy = FaultProxy::start(world.client.clone()).await.unwrap();
        proxy.plan(plan);
        let kubeconfig = NamedTempFile::new().unwrap();
        fs::write(&kubeconfig, proxy.kubeconfig()).unwrap();
        let operator = world.operator_as(kubeconfig.path().to_str().unwrap(), more);
        Self { proxy, operator, kubeconfig, more }
    }

    /// Ends the operator, if it is not dead already, and starts it again. Its Lease is given free as time would do it: a killed
    /// leader's is waited for in `leadership`.
    pub async fn restart(&mut self, world: &World) {
        self.operator.process.kill().unwrap();
        let _ = world.api::<Lease>().delete("stockbot-operator", &DeleteParams::default()).await;
        self.proxy.resume();
        self.operator = world.operator_as(self.kubeconfig.path().to_str().unwrap(), self.more);
    }
}
