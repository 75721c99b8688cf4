module.exports = { testDir: "tests", projects: [{ name: "node" }] };
