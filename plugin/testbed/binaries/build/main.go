// Command build builds the test control plane and prints the folder it is in.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/kubectl-irsa/kubectl-irsa/plugin/testbed/binaries"
)

func main() {
	dir, err := binaries.Ensure(context.Background(), os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	fmt.Println(dir)
}
