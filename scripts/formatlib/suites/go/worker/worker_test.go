package worker

import (
	"testing"

	"example.com/shop"
)

func TestCrashes(t *testing.T) {
	shop.Begin("crashes")
	var jobs map[string]int
	if shop.Run()%9 == 4 {
		jobs["first"] = 1
	}
}
