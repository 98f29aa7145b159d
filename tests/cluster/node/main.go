// Command node is every program of a single-node Kubernetes, and helm, in one static binary.
//
// The first argument picks the program, the rest belongs to it:
//
//	node kube-apiserver --etcd-servers=...
//
// It adds nothing to the programs and configures none of them; the scripts of
// tests/cluster do that. One binary instead of eight because they share nearly
// all of their code, and building that once is what takes the time.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"helm.sh/helm/v4/pkg/chart/common"
	helm "helm.sh/helm/v4/pkg/cmd"
	helmkube "helm.sh/helm/v4/pkg/kube"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/component-base/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// command runs one program, whose arguments are already in os.Args, and returns its exit code.
type command func() int

var commands = map[string]command{
	"etcd": func() int {
		etcdmain.Main(os.Args)
		return 0
	},
	"kube-apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	"kube-scheduler":          func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	"kube-proxy":              func() int { return cli.Run(proxy.NewProxyCommand()) },
	"kubelet":                 func() int { return cli.Run(kubelet.NewKubeletCommand(context.Background())) },
	"kubectl":                 func() int { return runKubectl(kubectl.NewDefaultKubectlCommand()) },
	"helm":                    runHelm,
}

// runKubectl reports errors the way kubectl does, which cli.Run would print a second time.
func runKubectl(root *cobra.Command) int {
	if err := cli.RunNoErrOutput(root); err != nil {
		kubectlutil.CheckErr(err)
	}
	return 0
}

// runHelm tells helm what its own build would have told it: the name of its field manager, else that of this
// binary, and the version of Kubernetes that it renders for where there is no cluster to ask, else one of long ago.
func runHelm() int {
	helmkube.ManagedFieldsManager = "helm"
	if kubernetes, err := common.ParseKubeVersion(version.Get().GitVersion); err == nil {
		common.DefaultCapabilities.KubeVersion = *kubernetes
	}
	root, err := helm.NewRootCmd(os.Stdout, os.Args[1:], helm.SetupLogging)
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		return 1
	}
	var failed helm.CommandError
	if err := root.Execute(); errors.As(err, &failed) {
		return failed.ExitCode
	} else if err != nil {
		return 1
	}
	return 0
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	run, known := commands[os.Args[1]]
	if !known {
		usage()
	}
	// The programs read os.Args themselves: the command's name takes the place of the binary's.
	os.Args = os.Args[1:]
	os.Exit(run())
}

func usage() {
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(os.Stderr, "usage: node COMMAND [ARGUMENT...]\ncommands: %s\n", strings.Join(names, ", "))
	os.Exit(64)
}
