# A test that takes longer than this hangs. An emulator takes about ten times as long as the processor; under the thread
# sanitizer, trainer/net/test_network_backward takes 50 s on two free processors.
set(digitd_test_timeout_s 120)
if(CMAKE_CROSSCOMPILING)
  set(digitd_test_timeout_s 1200)
elseif(DIGITD_SANITIZE)
  set(digitd_test_timeout_s 300)
endif()
