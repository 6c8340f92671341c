// Command kubectl-irsa is the kubectl plugin `kubectl irsa`: it tells who a pod is in AWS, and why.
package main

import (
	"os"

	"github.com/kubectl-irsa/kubectl-irsa/cmd"
)

func main() { os.Exit(cmd.Main(os.Stdin, os.Stdout, os.Stderr, os.Args[1:])) }
