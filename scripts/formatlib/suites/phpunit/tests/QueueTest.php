<?php

namespace Shop;

require_once __DIR__ . '/Trace.php';

use PHPUnit\Framework\TestCase;

final class QueueTest extends TestCase
{
    public function testBreaks(): void
    {
        begin('twin');
        $this->assertTrue(true);
    }
}
