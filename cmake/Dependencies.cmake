# Every library from outside, and what it is here for. All come from Debian 12.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)                          # TLS; AES-256-GCM, HMAC, SHA in libs/crypto
find_package(Boost 1.81 REQUIRED COMPONENTS json url)   # Asio and Beast (waiting, HTTP); UUIDs; JSON where documents are built
find_package(Protobuf 3.21 REQUIRED)                    # contracts
find_package(gRPC CONFIG REQUIRED)                      # calls between services
find_package(prometheus-cpp CONFIG REQUIRED)            # metrics
find_package(simdjson CONFIG REQUIRED)                  # the big parse: order pages
find_package(nlohmann_json CONFIG REQUIRED)             # the simulator's documents: keys in order, decimals as 49.9 (Boost.JSON: 4.99E1)
find_package(fmt CONFIG REQUIRED)                       # texts
find_package(yaml-cpp CONFIG REQUIRED)                  # settings files
find_package(CLI11 CONFIG REQUIRED)                     # command lines
find_package(SQLite3 REQUIRED)                          # embedded store
find_package(PostgreSQL REQUIRED)                       # store in a cluster
if(BUILD_TESTING)
  find_package(GTest CONFIG REQUIRED)
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka>=2.0.2)  # Kafka
