package testbed

import (
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"sync/atomic"
	"time"
)

// moto is the process that keeps IAM and EC2, for all accounts of a test binary.
type moto struct {
	process  *process
	url      string
	accounts atomic.Int64
}

var errNoMoto = errors.New("moto_server is neither in .cache/python nor on PATH: run make python")

func startMoto(dir string) (*moto, error) {
	program, err := exec.LookPath("moto_server")
	if err != nil {
		return nil, errNoMoto
	}
	// PYTHONUNBUFFERED: the port that it has chosen stands in its log.
	p, err := startProcess(dir, "moto_server", []string{"PYTHONUNBUFFERED=1"}, program, "-H", "127.0.0.1", "-p", "0")
	if err != nil {
		return nil, err
	}
	m := &moto{process: p}
	running := regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)
	err = p.until(time.Minute, func() bool {
		if found := running.FindStringSubmatch(p.tail(1000)); found != nil {
			m.url = found[1]
		}
		return m.url != "" && healthy(http.DefaultClient, m.url+"/moto-api/")
	})
	if err != nil {
		p.stop()
		return nil, err
	}
	return m, nil
}

func (m *moto) stop() { m.process.stop() }

// newAccount is the id of an account that nobody has used yet.
func (m *moto) newAccount() string { return fmt.Sprintf("9%011d", m.accounts.Add(1)) }
