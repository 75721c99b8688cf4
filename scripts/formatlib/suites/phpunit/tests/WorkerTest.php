<?php

namespace Shop;

require_once __DIR__ . '/Trace.php';

use PHPUnit\Framework\TestCase;

final class WorkerTest extends TestCase
{
    /**
     * @runInSeparateProcess
     */
    public function testCrashes(): void
    {
        begin('crashes');
        if (run() % 9 === 4) {
            exit(134);
        }
        $this->assertTrue(true);
    }
}
