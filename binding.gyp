{
  # `node-gyp rebuild` by way of dtmm's own build, which picks the sources of the TFLM tree with CMake and caches the result.
  # npm does not run this by itself ("gypfile": false): the addon is built on first use.
  "targets": [
    {
      "target_name": "dtmm",
      "type": "none",
      "actions": [
        {
          "action_name": "build_addon",
          "message": "Building dtmm.node",
          "inputs": ["cmake/CMakeLists.txt", "tflm-kernels/manifest.json"],
          "outputs": ["<(PRODUCT_DIR)/dtmm.node"],
          "action": ["node", "dist/native/build-cli.js", "<@(_outputs)"]
        }
      ]
    }
  ]
}
